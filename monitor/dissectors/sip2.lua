-- SIP2 for Wireshark and tshark: the language of library self-checks (3M SIP 2.00, revision 2.12).
--
-- Part of Library Privacy Monitor, under its MIT license. For Wireshark 3.6 and later (Lua 5.2 and 5.4).
-- To install, copy this file into the "Personal Lua Plugins" folder (Help > About Wireshark > Folders), or
-- start once with:  wireshark -X lua_script:sip2.lua
--
-- It finds SIP2 by content on any TCP port, joins segments however they were cut, and takes several messages from one.
-- Where another protocol is expected on a port (X11 on 6001!), that one still gets what is not SIP2.
-- Filters: sip2.message == "63", sip2.field.class == "credential", sip2.ad, sip2.checksum.status == 0, sip2.time > 2 ...
-- The preference "Hide values" replaces every value by its length: for screens that others see, and for screenshots.

local asked, loaded = pcall(Dissector.get, "sip2")
if asked and loaded then
  return -- another copy is loaded already
end

-- What follows is written from the program's own catalog by a test, which also fails when the two differ.
-- catalog: begin
local SHAPES = {
  ["algorithm"] = { width = 1, orders = { "[ 0-9]" } },
  ["code"] = { width = 2, orders = { "[ 0-9][ 0-9]" } },
  ["count"] = { width = 4, orders = { "[ 0-9][ 0-9][ 0-9][ 0-9]" } },
  ["currency"] = { width = 3, orders = { "[ A-Z][ A-Z][ A-Z]" } },
  ["date"] = { width = 18, orders = { "[1][9][0-9][0-9][0][1-9][0-3][0-9][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][0-2][0-9][0-5][0-9][0-6][0-9]", "[1][9][0-9][0-9][1][0-2][0-3][0-9][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][0-2][0-9][0-5][0-9][0-6][0-9]", "[2][0][0-9][0-9][0][1-9][0-3][0-9][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][0-2][0-9][0-5][0-9][0-6][0-9]", "[2][0][0-9][0-9][1][0-2][0-3][0-9][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][ %+%-0-9A-Z][0-2][0-9][0-5][0-9][0-6][0-9]", "[ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ][ ]" } },
  ["flag"] = { width = 1, orders = { "[NY]" } },
  ["flag or unknown"] = { width = 1, orders = { "[ NUY]" } },
  ["hold mode"] = { width = 1, orders = { "[*+%-]" } },
  ["language"] = { width = 3, orders = { "[ 0-9][ 0-9][ 0-9]" } },
  ["login ok"] = { width = 1, orders = { "[01]" } },
  ["number"] = { width = 3, orders = { "[ 0-9][ 0-9][ 0-9]" } },
  ["ok"] = { width = 1, orders = { "[01NY]" } },
  ["patron status"] = { width = 14, bits = { "charge_denied", "renewal_denied", "recall_denied", "hold_denied", "card_lost", "too_many_charged", "too_many_overdue", "too_many_renewals", "too_many_claims_returned", "too_many_lost", "excessive_fines", "excessive_fees", "recall_overdue", "too_many_billed" }, orders = { "[ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY]" } },
  ["status"] = { width = 1, orders = { "[0-2]" } },
  ["summary"] = { width = 10, bits = { "hold_items", "overdue_items", "charged_items", "fine_items", "recall_items", "unavailable_holds", "fee_items" }, orders = { "[ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY][ NY]" } },
  ["version"] = { width = 4, orders = { "[0-9][.][0-9][0-9]" } },
}
local MESSAGES = {
  ["01"] = { name = "Block Patron", sender = "sc", answer = "24",
    parts = { { "card_retained", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["09"] = { name = "Checkin", sender = "sc", answer = "10",
    parts = { { "no_block", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] }, { "return_date", SHAPES["date"] } },
  },
  ["10"] = { name = "Checkin Response", sender = "acs",
    parts = { { "ok", SHAPES["ok"] }, { "resensitize", SHAPES["flag"] }, { "magnetic_media", SHAPES["flag or unknown"] }, { "alert", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["11"] = { name = "Checkout", sender = "sc", answer = "12",
    parts = { { "sc_renewal_policy", SHAPES["flag"] }, { "no_block", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] }, { "nb_due_date", SHAPES["date"] } },
  },
  ["12"] = { name = "Checkout Response", sender = "acs",
    parts = { { "ok", SHAPES["ok"] }, { "renewal_ok", SHAPES["flag"] }, { "magnetic_media", SHAPES["flag or unknown"] }, { "desensitize", SHAPES["flag or unknown"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["15"] = { name = "Hold", sender = "sc", answer = "16",
    parts = { { "hold_mode", SHAPES["hold mode"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["16"] = { name = "Hold Response", sender = "acs",
    parts = { { "ok", SHAPES["ok"] }, { "available", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["17"] = { name = "Item Information", sender = "sc", answer = "18",
    parts = { { "transaction_date", SHAPES["date"] } },
  },
  ["18"] = { name = "Item Information Response", sender = "acs",
    parts = { { "circulation_status", SHAPES["code"] }, { "security_marker", SHAPES["code"] }, { "fee_type", SHAPES["code"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["19"] = { name = "Item Status Update", sender = "sc", answer = "20",
    parts = { { "transaction_date", SHAPES["date"] } },
  },
  ["20"] = { name = "Item Status Update Response", sender = "acs",
    parts = { { "item_properties_ok", SHAPES["ok"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["23"] = { name = "Patron Status Request", sender = "sc", answer = "24",
    parts = { { "language", SHAPES["language"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["24"] = { name = "Patron Status Response", sender = "acs",
    parts = { { "patron_status", SHAPES["patron status"] }, { "language", SHAPES["language"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["25"] = { name = "Patron Enable", sender = "sc", answer = "26",
    parts = { { "transaction_date", SHAPES["date"] } },
  },
  ["26"] = { name = "Patron Enable Response", sender = "acs",
    parts = { { "patron_status", SHAPES["patron status"] }, { "language", SHAPES["language"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["29"] = { name = "Renew", sender = "sc", answer = "30",
    parts = { { "third_party_allowed", SHAPES["flag"] }, { "no_block", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] }, { "nb_due_date", SHAPES["date"] } },
  },
  ["30"] = { name = "Renew Response", sender = "acs",
    parts = { { "ok", SHAPES["ok"] }, { "renewal_ok", SHAPES["flag"] }, { "magnetic_media", SHAPES["flag or unknown"] }, { "desensitize", SHAPES["flag or unknown"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["35"] = { name = "End Patron Session", sender = "sc", answer = "36",
    parts = { { "transaction_date", SHAPES["date"] } },
  },
  ["36"] = { name = "End Session Response", sender = "acs",
    parts = { { "end_session", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["37"] = { name = "Fee Paid", sender = "sc", answer = "38",
    parts = { { "transaction_date", SHAPES["date"] }, { "fee_type", SHAPES["code"] }, { "payment_type", SHAPES["code"] }, { "currency_type", SHAPES["currency"] } },
  },
  ["38"] = { name = "Fee Paid Response", sender = "acs",
    parts = { { "payment_accepted", SHAPES["flag"] }, { "transaction_date", SHAPES["date"] } },
    also = { { "transaction_date", SHAPES["date"] }, { "payment_accepted", SHAPES["flag"] } },
  },
  ["63"] = { name = "Patron Information", sender = "sc", answer = "64",
    parts = { { "language", SHAPES["language"] }, { "transaction_date", SHAPES["date"] }, { "summary", SHAPES["summary"] } },
  },
  ["64"] = { name = "Patron Information Response", sender = "acs",
    parts = { { "patron_status", SHAPES["patron status"] }, { "language", SHAPES["language"] }, { "transaction_date", SHAPES["date"] }, { "hold_items_count", SHAPES["count"] }, { "overdue_items_count", SHAPES["count"] }, { "charged_items_count", SHAPES["count"] }, { "fine_items_count", SHAPES["count"] }, { "recall_items_count", SHAPES["count"] }, { "unavailable_holds_count", SHAPES["count"] } },
  },
  ["65"] = { name = "Renew All", sender = "sc", answer = "66",
    parts = { { "transaction_date", SHAPES["date"] } },
  },
  ["66"] = { name = "Renew All Response", sender = "acs",
    parts = { { "ok", SHAPES["ok"] }, { "renewed_count", SHAPES["count"] }, { "unrenewed_count", SHAPES["count"] }, { "transaction_date", SHAPES["date"] } },
  },
  ["93"] = { name = "Login", sender = "sc", answer = "94", weak = true,
    parts = { { "uid_algorithm", SHAPES["algorithm"] }, { "pwd_algorithm", SHAPES["algorithm"] } },
  },
  ["94"] = { name = "Login Response", sender = "acs", weak = true, bare = true,
    parts = { { "ok", SHAPES["login ok"] } },
  },
  ["96"] = { name = "Request SC Resend", sender = "acs", weak = true, bare = true,
    parts = {  },
  },
  ["97"] = { name = "Request ACS Resend", sender = "sc", weak = true, bare = true,
    parts = {  },
  },
  ["98"] = { name = "ACS Status", sender = "acs", bare = true,
    parts = { { "online_status", SHAPES["flag"] }, { "checkin_ok", SHAPES["flag"] }, { "checkout_ok", SHAPES["flag"] }, { "acs_renewal_policy", SHAPES["flag"] }, { "status_update_ok", SHAPES["flag"] }, { "offline_ok", SHAPES["flag"] }, { "timeout_period", SHAPES["number"] }, { "retries_allowed", SHAPES["number"] }, { "date_time_sync", SHAPES["date"] }, { "protocol_version", SHAPES["version"] } },
  },
  ["99"] = { name = "SC Status", sender = "sc", answer = "98", weak = true, bare = true,
    parts = { { "status_code", SHAPES["status"] }, { "max_print_width", SHAPES["number"] }, { "protocol_version", SHAPES["version"] } },
  },
}
local FIELDS = {
  AA = { "patron", "patron_identifier" },
  AB = { "item", "circulation" },
  AC = { "terminal password", "staff_credential" },
  AD = { "patron's PIN or password", "credential" },
  AE = { "patron's name", "name" },
  AF = { "screen message", "free_text" },
  AG = { "print line", "free_text" },
  AH = { "due date", "circulation" },
  AJ = { "title", "circulation" },
  AL = { "blocked card message", "free_text" },
  AM = { "library", "none" },
  AN = { "terminal's place", "none" },
  AO = { "institution", "none" },
  AP = { "current location", "none" },
  AQ = { "permanent location", "none" },
  AS = { "items on hold", "circulation" },
  AT = { "overdue items", "circulation" },
  AU = { "items on loan", "circulation" },
  AV = { "items with fines", "circulation" },
  AY = { "sequence number", "none" },
  AZ = { "checksum", "none" },
  BC = { "birth date (Polaris)", "birth_date" },
  BD = { "home address", "postal_address" },
  BE = { "mail address", "email" },
  BF = { "phone; in 10 of the patron who waits", "phone" },
  BG = { "owner", "none" },
  BH = { "currency", "none" },
  BI = { "cancel", "none" },
  BK = { "payment transaction, seen to hold the patron's number", "payment" },
  BL = { "patron is valid", "account_status" },
  BM = { "items renewed", "circulation" },
  BN = { "items not renewed", "circulation" },
  BO = { "fee acknowledged", "none" },
  BP = { "first entry of a list", "none" },
  BQ = { "last entry of a list", "none" },
  BR = { "place in the queue", "circulation" },
  BS = { "pickup location", "circulation" },
  BT = { "fee type", "fees" },
  BU = { "recalled items", "circulation" },
  BV = { "fee amount", "fees" },
  BW = { "end of the hold", "circulation" },
  BX = { "supported messages", "none" },
  BY = { "hold type", "circulation" },
  BZ = { "limit of holds", "account_status" },
  CA = { "limit of overdue items", "account_status" },
  CB = { "limit of loans", "account_status" },
  CC = { "fee limit", "fees" },
  CD = { "holds not available", "circulation" },
  CF = { "length of the queue", "circulation" },
  CG = { "fee", "fees" },
  CH = { "item properties", "circulation" },
  CI = { "security inhibit", "none" },
  CJ = { "recall date", "circulation" },
  CK = { "media type", "circulation" },
  CL = { "sort bin", "none" },
  CM = { "hold pickup date", "circulation" },
  CN = { "login user", "staff_credential" },
  CO = { "login password", "staff_credential" },
  CP = { "terminal's location", "none" },
  CQ = { "password is valid", "account_status" },
  CR = { "collection", "circulation" },
  CS = { "call number", "circulation" },
  CT = { "destination", "none" },
  CV = { "alert type", "circulation" },
  CY = { "patron who waits for the item", "patron_identifier" },
  DA = { "name of who waits for the item", "name" },
  DB = { "estimated fines", "fees" },
  DE = { "patron field that the site chose, or description of a work", "unclassified" },
  DH = { "first name", "name" },
  DJ = { "other name", "name" },
  DM = { "fee threshold", "fees" },
  EA = { "author", "circulation" },
  FA = { "amount of one fee", "fees" },
  FB = { "item of a fee", "circulation" },
  FC = { "date of a fee", "fees" },
  FD = { "title of a fee's item", "circulation" },
  FE = { "type of a fee", "fees" },
  FF = { "fee description", "free_text" },
  FG = { "amount paid", "fees" },
  GG = { "licenses held", "demographic" },
  IN = { "ISBN", "circulation" },
  LG = { "patron's language", "demographic" },
  MA = { "bibliographic record", "circulation" },
  NB = { "standard number", "circulation" },
  PA = { "expiry, patron code or access type", "demographic" },
  PB = { "birth date", "birth_date" },
  PC = { "patron class", "demographic" },
  PD = { "birth date (Symphony)", "birth_date" },
  PE = { "user category, expiry or branch", "demographic" },
  PF = { "user category, sex at some sites", "demographic" },
  PG = { "user category, sex at some sites", "demographic" },
  PH = { "user category", "demographic" },
  PI = { "internet profile", "demographic" },
  PS = { "expiry or statistical class", "demographic" },
  PT = { "patron group", "demographic" },
  PX = { "expiry", "demographic" },
  PY = { "account has expired", "account_status" },
  PZ = { "postal code", "postal_address" },
  SV = { "server version", "none" },
  U1 = { "user defined", "unclassified" },
  U2 = { "user defined", "unclassified" },
  U3 = { "user defined", "unclassified" },
  U4 = { "user defined", "unclassified" },
  U5 = { "user defined", "unclassified" },
  VN = { "server version", "none" },
  XI = { "internal number of the patron", "patron_identifier" },
  XY = { "patron attribute that the site chose", "unclassified" },
  ZY = { "patron class", "demographic" },
}
local PORTS = "1290,1294,2090,3004,5300,5550,6001,6002,6197,8023"
-- catalog: end

local sip2 = Proto("sip2", "Standard Interchange Protocol 2")

local CR, LF = 13, 10
local LIMIT = 65536 -- bytes of one message: lists of every loan pass half of that
local PENDING = 64 -- requests of one connection that may wait for an answer
local ENOUGH = 2 -- known fields that make a message of what is not in shape
local PADDED = 3 -- known fields, all with a blank in front, that are a habit and not a value
local SLIP = 3 -- bytes by which a fixed part that was counted wrong is too short
local REACH = 16 -- bytes at the end of a message in which its checksum begins
local NONE = "none"
local DIALOG = 512 -- bytes that are searched for the prompt of a login
local X11 = ",6000-6063" -- Wireshark takes all of these for X11, and libraries like to number upward from 6001

-- Preferences

sip2.prefs.mask_values = Pref.bool("Hide values", false, "Show the length of every value in place of the value")
sip2.prefs.ports = Pref.range("TCP ports", PORTS .. X11, "Ports that are tried first, before other protocols that use them", 65535)
sip2.prefs.heuristic = Pref.bool("Find SIP2 on any port", true, "Recognize it by content")

-- Fields

local f = {
  message = ProtoField.string("sip2.message", "Message", base.ASCII),
  name = ProtoField.string("sip2.message.name", "Name", base.ASCII),
  sender = ProtoField.string("sip2.sender", "Sender", base.ASCII, "sc: the self-check or another client; acs: the library system"),
  length = ProtoField.uint32("sip2.length", "Length", base.DEC, nil, nil, "Bytes without the terminator"),
  exact = ProtoField.bool("sip2.fixed.exact", "Fixed part in shape"),
  fixed = ProtoField.string("sip2.fixed", "Fixed part"),
  field = ProtoField.none("sip2.field", "Field"),
  id = ProtoField.string("sip2.field.id", "Id", base.ASCII),
  value = ProtoField.string("sip2.field.value", "Value", base.UNICODE),
  field_length = ProtoField.uint32("sip2.field.length", "Length", base.DEC, nil, nil, "Bytes of the value"),
  class = ProtoField.string("sip2.field.class", "Privacy class", base.ASCII, "What kind of patron data the field holds"),
  sequence = ProtoField.string("sip2.sequence", "Sequence number (AY)", base.ASCII),
  checksum = ProtoField.string("sip2.checksum", "Checksum (AZ)", base.ASCII),
  computed = ProtoField.string("sip2.checksum.computed", "Computed checksum", base.ASCII),
  status = ProtoField.uint8("sip2.checksum.status", "Checksum status", base.DEC, { [0] = "Bad", [1] = "Good", [2] = "Absent" }),
  terminator = ProtoField.string("sip2.terminator", "Terminator", base.ASCII),
  response_in = ProtoField.framenum("sip2.response_in", "Response in", base.NONE, frametype.RESPONSE),
  response_to = ProtoField.framenum("sip2.response_to", "Response to", base.NONE, frametype.REQUEST),
  time = ProtoField.relative_time("sip2.time", "Time since the request"),
  text = ProtoField.string("sip2.text", "Not a message", base.UNICODE),
}

local function words(name)
  return (name:gsub("_", " "):gsub("^%l", string.upper))
end

local declared = {}
for _, field in pairs(f) do
  declared[#declared + 1] = field
end
local fixed, named = {}, {}
for _, message in pairs(MESSAGES) do
  for _, part in ipairs(message.parts) do
    local name, shape = part[1], part[2]
    if not fixed[name] then
      fixed[name] = { text = ProtoField.string("sip2." .. name, words(name), base.ASCII), bits = {} }
      declared[#declared + 1] = fixed[name].text
      for place, bit in ipairs(shape.bits or {}) do
        fixed[name].bits[place] = ProtoField.bool("sip2." .. name .. "." .. bit, words(bit))
        declared[#declared + 1] = fixed[name].bits[place]
      end
    end
  end
end
for id, about in pairs(FIELDS) do
  if id ~= "AY" and id ~= "AZ" then
    named[id] = ProtoField.string("sip2." .. id:lower(), words(about[1]) .. " (" .. id .. ")", base.UNICODE)
    declared[#declared + 1] = named[id]
  end
end
sip2.fields = declared

local e = {
  credential = ProtoExpert.new("sip2.credential", "PIN or password in clear text", expert.group.SECURITY, expert.severity.WARN),
  checksum = ProtoExpert.new("sip2.checksum.bad", "Wrong checksum", expert.group.CHECKSUM, expert.severity.WARN),
  short = ProtoExpert.new("sip2.fixed.bad", "The fixed part is missing, short or out of shape", expert.group.MALFORMED, expert.severity.WARN),
  message = ProtoExpert.new("sip2.message.unknown", "Message id that SIP 2.00 does not define", expert.group.UNDECODED, expert.severity.NOTE),
  field = ProtoExpert.new("sip2.field.unknown", "Field id of unknown meaning", expert.group.UNDECODED, expert.severity.NOTE),
  text = ProtoExpert.new("sip2.text.found", "Not a message of SIP2", expert.group.UNDECODED, expert.severity.NOTE),
  resend = ProtoExpert.new("sip2.resend", "Repetition asked for", expert.group.SEQUENCE, expert.severity.NOTE),
}
sip2.experts = { e.credential, e.checksum, e.short, e.message, e.field, e.text, e.resend }

-- Taking one message apart. All positions count from 1, as Lua does.

-- Position behind `shape` if it stands at `at`, else nil; true if the text ends inside what may become it.
local function match_shape(text, at, shape)
  local may = nil
  for _, order in ipairs(shape.orders) do
    local position, stopped = at, false
    for class in order:gmatch("%[.-%]") do
      if position > #text then
        may, stopped = true, true
        break
      end
      if not text:find("^" .. class, position) then
        stopped = true
        break
      end
      position = position + 1
    end
    if not stopped then
      return position
    end
  end
  return nil, may
end

local function match_parts(text, parts)
  local at, starts = 3, {}
  for number, part in ipairs(parts) do
    local behind, may = match_shape(text, at, part[2])
    if not behind then
      return nil, may
    end
    starts[number] = at
    at = behind
  end
  return at, nil, starts
end

local function is_boundary(text, at)
  local rest = text:sub(at, at + 2)
  return rest:find("^[^0-9A-Za-z]?[A-Z][A-Z0-9]") ~= nil or rest:find("^[^0-9A-Za-z]?$") ~= nil
end

-- Where the strict fixed part of a message ends (position behind it), and its parts in the order met.
local function match_head(text)
  local message = MESSAGES[text:sub(1, 2)]
  if not message then
    return nil
  end
  for _, parts in ipairs({ message.parts, message.also }) do
    local behind, _, starts = match_parts(text, parts)
    if behind and is_boundary(text, behind) then
      return behind, parts, starts
    end
  end
  return nil
end

-- Whether more bytes may make the strict opening of a message of `text`, which is all there is so far.
local function may_become(text)
  if #text < 2 then
    return text:find("^[0-9]") ~= nil
  end
  local message = MESSAGES[text:sub(1, 2)]
  if not message then
    return false
  end
  for _, parts in ipairs({ message.parts, message.also }) do
    local behind, may = match_parts(text, parts)
    if may or (behind and (#text < behind + 2 or is_boundary(text, behind))) then
      return true
    end
  end
  return false
end

local function width(message)
  local total = 0
  for _, part in ipairs(message.parts) do
    total = total + part[2].width
  end
  return total
end

local function is_field(text, at)
  return text:find("^[A-Z][A-Z0-9]", at) ~= nil
end

-- Where fields start in a message whose fixed part is not in shape, or nil.
local function resume(text, message, delimiter)
  if not text:find("^[0-9][0-9]") then
    return nil
  end
  local first = text:find(delimiter, 3, true)
  local loose = text:match("^[0-9YNU \t*+%-]*()", 3)
  local found = FIELDS[text:sub(loose, loose + 1)]
  if message and width(message) > 0 then
    local start = 3 + width(message)
    local slipped = found and start - SLIP <= loose and loose < start
    if FIELDS[text:sub(start, start + 1)] and not slipped and not (first and first < start) then
      return start
    end
  end
  if found then
    return loose
  end
  return first and first + 1
end

local function byte_sum(text, last)
  local total = 0
  for at = 1, last do
    total = total + text:byte(at)
  end
  return total
end

-- The trailer behind `start`: where it begins, verdict, position of sequence digit and of checksum digits.
local function match_trailer(text, start)
  local size, at = #text, nil
  for place = size - 1, math.max(start, size - REACH + 1), -1 do
    if text:sub(place, place + 1) == "AZ" then
      at = place
      break
    end
  end
  local first, last, digits = nil, nil, nil
  if at then
    first, last, digits = text:find("^ *([0-9A-Fa-f]*)[^0-9A-Za-z]*$", at + 2)
  end
  if not first or #digits > 4 then
    local plain = { begin = size + 1, verdict = 2, digits = "" }
    local sequence = text:find("AY[0-9][^0-9A-Za-z]*$", start)
    if sequence and (sequence == start or text:find("^[^0-9A-Za-z]", sequence - 1)) then
      plain.begin, plain.sequence = sequence, sequence + 2
    end
    return plain
  end
  local found = { verdict = 2, digits = digits, at = at, digits_at = text:find("[0-9A-Fa-f]", at + 2) }
  if at - 3 >= start and text:sub(at - 3, at - 2) == "AY" then
    found.sequence = at - 1
  end
  found.begin = found.sequence and at - 3 or at
  found.computed = string.format("%04X", (65536 - byte_sum(text, at + 1) % 65536) % 65536)
  if digits ~= "" then
    found.verdict = tonumber(digits, 16) == tonumber(found.computed, 16) and 1 or 0
  end
  if found.verdict ~= 1 and not found.sequence and at > start and text:find("^[0-9A-Za-z]", at - 1) then
    return { begin = size + 1, verdict = 2, digits = "" } -- the end of a value that happens to read AZ
  end
  return found
end

-- Ranges between delimiters in text[start..last]: { first, last }, empty ones included.
local function split(text, start, last, delimiter)
  local pieces, at = {}, start
  while true do
    local stop = text:find(delimiter, at, true)
    if not stop or stop > last then
      pieces[#pieces + 1] = { at, last }
      return pieces
    end
    pieces[#pieces + 1] = { at, stop - 1 }
    at = stop + 1
  end
end

local function count_known(text, pieces)
  local known = 0
  for _, piece in ipairs(pieces) do
    if piece[2] > piece[1] and FIELDS[text:sub(piece[1], piece[1] + 1)] then
      known = known + 1
    end
  end
  return known
end

-- The pieces without the blanks that a sender puts behind every delimiter.
local function unpad(text, pieces)
  local bare, filled = {}, 0
  for number, piece in ipairs(pieces) do
    local first = text:find("[^ \t\n%z]", piece[1])
    first = first and first <= piece[2] and first or piece[2] + 1
    if number > 1 and piece[2] >= piece[1] and not text:find("^%s", piece[1]) then
      return pieces
    end
    bare[number] = { first, piece[2] }
    filled = filled + (first <= piece[2] and 1 or 0)
  end
  return filled >= PADDED and count_known(text, bare) == filled and bare or pieces
end

-- The delimiter of a message that does not hold the expected one, if its last byte parts it into fields throughout.
local function learn(text, start, last)
  local delimiter = text:sub(last, last)
  if delimiter == "" or (delimiter:find("[0-9A-Za-z%s]") and delimiter ~= "\t") then
    return nil
  end
  local pieces = split(text, start, last, delimiter)
  for _, piece in ipairs(pieces) do
    if piece[2] >= piece[1] and not is_field(text, piece[1]) then
      return nil
    end
  end
  return count_known(text, pieces) >= ENOUGH and delimiter or nil
end

-- Fields with their whole values: a piece without an id belongs to the one before, with the delimiter between.
local function gather(text, pieces)
  local fields = {}
  for _, piece in ipairs(pieces) do
    if piece[2] > piece[1] and is_field(text, piece[1]) then
      fields[#fields + 1] = { id = text:sub(piece[1], piece[1] + 1), first = piece[1] + 2, last = piece[2] }
    elseif piece[2] >= piece[1] and #fields > 0 then
      fields[#fields].last = piece[2]
    end
  end
  return fields
end

-- One message taken apart, or nil for what cannot be told from chance.
local function dissect(text, delimiter)
  local message = MESSAGES[text:sub(1, 2)]
  local start, parts, starts = match_head(text)
  local exact = start ~= nil
  start = start or resume(text, message, delimiter)
  if not start then
    return nil
  end
  if exact and text:find("^[^0-9A-Za-z][A-Z][A-Z0-9]", start) and text:sub(start, start) ~= delimiter then
    start = start + 1
  end
  local trailer = match_trailer(text, start)
  local last = trailer.begin - 1
  local first = text:find(delimiter, start, true)
  if last >= start and not (first and first <= last) then
    delimiter = learn(text, start, last) or delimiter
  end
  local pieces = unpad(text, split(text, start, last, delimiter))
  local known = count_known(text, pieces)
  if not exact and trailer.verdict ~= 1 and known < ENOUGH then
    return nil
  end
  return {
    id = text:sub(1, 2),
    message = message,
    exact = exact,
    start = start,
    parts = parts,
    starts = starts,
    trailer = trailer,
    delimiter = delimiter,
    fields = gather(text, pieces),
    known = known,
    closed = trailer.verdict == 1
      or #trailer.digits == 4
      or (trailer.digits == "" and (#pieces > 1 or exact and message.bare) and pieces[#pieces][2] < pieces[#pieces][1]),
  }
end

-- Cutting a connection's bytes into messages

-- Skips what stands in front of a message: ends of lines, padding, telnet negotiation (RFC 854).
local function skip_junk(data, at)
  while at <= #data do
    local byte, following = data:byte(at, at + 1)
    if byte == 0xFF and following == 0xFA then
      local stop = data:find("\255\240", at, true)
      if not stop then
        return #data + 1
      end
      at = stop + 2
    elseif byte == 0xFF and following and following >= 0xFB and following <= 0xFE then
      at = at + 3
    elseif byte <= 0x20 or byte >= 0xF0 then
      at = at + 1
    else
      return at
    end
  end
  return at
end

-- Whether the line feed at `stop` ends the message that begins at `at`.
local function ends_at_feed(data, at, stop, delimiter)
  local line = data:sub(at, stop - 1)
  local opening = skip_junk(data, stop)
  if opening <= #data and match_head(data:sub(opening, opening + 80)) and data:sub(opening, opening + 1) < "93" then
    return true
  end
  if not (MESSAGES[line:sub(1, 2)] and (match_head(line) or FIELDS[line:sub(3, 4)])) then
    return true
  end
  local found = dissect(line, delimiter)
  return found ~= nil and found.closed
end

-- The next message from `at` on: { first, last, next, terminator }, or nil and where it would begin.
local function next_line(data, at, delimiter)
  local first = skip_junk(data, at)
  if first > #data then
    return nil, first
  end
  local from = first
  while true do
    local stop = data:find("[\r\n]", from)
    if not stop then
      break
    end
    if data:byte(stop) == CR or ends_at_feed(data, first, stop, delimiter) then
      local crlf = data:byte(stop) == CR and data:byte(stop + 1) == LF
      local last = stop - 1
      while last > first and (data:byte(last) == LF or data:byte(last) == 0) do
        last = last - 1
      end
      local terminator = crlf and "CRLF" or data:byte(stop) == CR and "CR" or "LF"
      return { first = first, last = last, next = stop + (crlf and 2 or 1), terminator = terminator }
    end
    from = stop + 1
  end
  local rest = data:sub(first)
  local found = #rest <= LIMIT and dissect(rest, delimiter)
  if found and found.trailer.verdict == 1 and #found.trailer.digits == 4 and found.trailer.digits_at + 3 == #rest then
    return { first = first, last = #data, next = #data + 1, terminator = NONE }
  end
  if #rest > LIMIT then
    return { first = first, last = #data, next = #data + 1, terminator = NONE, oversize = true }
  end
  return nil, first
end

-- Recognition: "yes", "more" (bytes are needed) or "no". Strict is for ports of which nobody said that they carry SIP2.
local function recognize(data, strict)
  local line, first = next_line(data, 1, "|")
  if not line then
    local rest = data:sub(first)
    if rest == "" or #rest > LIMIT then
      return "no"
    end
    return may_become(rest) and "more" or "no"
  end
  local found = not line.oversize and dissect(data:sub(line.first, line.last), "|")
  if not found or not found.message then
    return "no"
  end
  if found.trailer.verdict == 1 and (found.exact or found.known >= ENOUGH) then
    return "yes"
  end
  if not strict then
    return "yes"
  end
  local message = found.message
  if not found.exact then
    return "no" -- it may be the end of a message whose beginning is missing
  end
  if not message.weak then
    return "yes" -- a date in shape
  end
  local ids = {}
  for _, field in ipairs(found.fields) do
    ids[field.id] = true
  end
  if found.id == "93" then
    return ids.CN and ids.CO and "yes" or "no"
  end
  local whole = data:sub(line.first, line.last)
  return whole:find("^99[0-2][0-9 ][0-9 ][0-9 ][12]%.00[^0-9A-Za-z]?$") and "yes" or "no"
end

-- What is remembered of a capture

local streams, lines, links, counts = {}, {}, {}, {}

function sip2.init()
  streams, lines, links, counts = {}, {}, {}, {}
end

local stream_number = Field.new("tcp.stream")

local function remember(pinfo)
  local numbers = { stream_number() }
  local number = #numbers > 0 and numbers[#numbers].value or -1
  local known = streams[number]
  if not known then
    known = { delimiter = "|", waiting = {} }
    streams[number] = known
  end
  return known
end

local function answers(request, message, id, sequence)
  if request.sequence and sequence and request.sequence ~= sequence then
    return false
  end
  return request.answer == id or not request.answer or id == "96" or id == "98"
end

-- Finds the request that a message answers; remembers it if it is one itself. Once for each message.
local function pair(known, key, found, pinfo, sequence)
  local message = found.message
  if message.sender == "sc" then
    if #known.waiting >= PENDING then
      table.remove(known.waiting, 1)
    end
    known.waiting[#known.waiting + 1] =
      { key = key, frame = pinfo.number, at = pinfo.rel_ts, answer = message.answer, sequence = sequence }
    return
  end
  for number, request in ipairs(known.waiting) do
    if answers(request, message, found.id, sequence) then
      links[request.key] = { response_in = pinfo.number }
      links[key] = { response_to = request.frame, time = pinfo.rel_ts - request.at }
      for _ = 1, number do
        table.remove(known.waiting, 1) -- answers come in order: what is older stays without one
      end
      return
    end
  end
end

-- Showing

local function masked(length)
  return "▒▒▒▒ (" .. length .. (length == 1 and " character)" or " characters)")
end

-- Adds a field whose value was read off the wire, or only its length. What is hidden has no bytes in the tree either.
local function put(tree, field, range)
  if sip2.prefs.mask_values then
    return tree:add(field, masked(range:len()))
  end
  return tree:add_packet_field(field, range, ENC_UTF_8 + ENC_NA)
end

local function show_bits(tree, name, range, text)
  for place, bit in ipairs(fixed[name].bits) do
    local set = text:sub(place, place) == "Y"
    if sip2.prefs.mask_values then
      return
    end
    tree:add(bit, range(place - 1, 1), set)
  end
end

local function show_fixed(tree, found, text, range)
  if not found.exact then
    local bytes = found.start - 3
    if bytes > 0 then
      put(tree, f.fixed, range(2, bytes))
    end
    return
  end
  for number, part in ipairs(found.parts) do
    local at, wide = found.starts[number], part[2].width
    local item = put(tree, fixed[part[1]].text, range(at - 1, wide))
    show_bits(item, part[1], range(at - 1, wide), text:sub(at, at + wide - 1))
  end
end

local function show_field(tree, field, text, range)
  local about = FIELDS[field.id]
  local hidden = sip2.prefs.mask_values
  local length = field.last - field.first + 1
  local id = (about or not hidden) and field.id or "other"
  local class = about and about[2] or "unclassified"
  local whole = range(field.first - 3, length + 2)
  local item = hidden and tree:add(f.field) or tree:add(f.field, whole)
  local shown = hidden and masked(length) or nil
  if hidden then
    item:add(f.id, id)
  else
    item:add(f.id, range(field.first - 3, 2))
  end
  item:add(f.field_length, length):set_generated()
  item:add(f.class, class):set_generated()
  if length > 0 then
    local value = range(field.first - 1, length)
    put(item, f.value, value)
    if named[field.id] then
      put(item, named[field.id], value)
    end
    shown = shown or value:string(ENC_UTF_8)
  end
  item:set_text(id .. " " .. (about and about[1] or "unknown field") .. ": " .. (shown or "(empty)"))
  if not about then
    item:add_proto_expert_info(e.field)
  end
  local filled = length > 0 and text:sub(field.first, field.last):find("[^ \t\n\0]")
  if filled and (class == "credential" or class == "staff_credential") then
    item:add_proto_expert_info(e.credential)
  end
end

local function show_trailer(tree, found, range)
  local trailer = found.trailer
  if trailer.sequence then
    if sip2.prefs.mask_values then
      tree:add(f.sequence, masked(1))
    else
      tree:add(f.sequence, range(trailer.sequence - 1, 1))
    end
  end
  if trailer.digits ~= "" then
    local item = put(tree, f.checksum, range(trailer.digits_at - 1, #trailer.digits))
    if not sip2.prefs.mask_values then
      item:add(f.computed, trailer.computed):set_generated()
    end
  end
  local status = tree:add(f.status, trailer.verdict)
  status:set_generated()
  if trailer.verdict == 0 then
    status:add_proto_expert_info(e.checksum)
  end
end

local function show_links(tree, link)
  if not link then
    return
  end
  if link.response_in then
    tree:add(f.response_in, link.response_in):set_generated()
  end
  if link.response_to then
    tree:add(f.response_to, link.response_to):set_generated()
    local seconds = math.floor(link.time)
    tree:add(f.time, NSTime(seconds, math.floor((link.time - seconds) * 1e9 + 0.5))):set_generated()
  end
end

local function show_message(tree, found, text, range, line, link)
  local message = found.message
  local id = (message or not sip2.prefs.mask_values) and found.id or "other"
  local name = message and message.name or "Unknown message"
  tree:append_text(", " .. id .. " " .. name)
  local item = message and tree:add(f.message, range(0, 2)) or tree:add(f.message, id)
  item:append_text(" (" .. name .. ")")
  tree:add(f.name, name):set_generated()
  if message then
    tree:add(f.sender, message.sender):set_generated()
    if found.id == "96" or found.id == "97" then
      item:add_proto_expert_info(e.resend)
    end
  else
    item:add_proto_expert_info(e.message)
  end
  tree:add(f.length, #text):set_generated()
  show_fixed(tree, found, text, range)
  local exact = tree:add(f.exact, found.exact)
  exact:set_generated()
  if message and not found.exact then
    exact:add_proto_expert_info(e.short)
  end
  for _, field in ipairs(found.fields) do
    show_field(tree, field, text, range)
  end
  show_trailer(tree, found, range)
  tree:add(f.terminator, line.terminator):set_generated()
  show_links(tree, link)
  return id .. " " .. name
end

local function show_text(tree, range, why)
  tree:append_text(", " .. why)
  local item = put(tree, f.text, range)
  item:add_proto_expert_info(e.text)
  return why
end

-- Dissects a connection that is known to be SIP2.
local function dissect_stream(tvb, pinfo, tree)
  local known = remember(pinfo)
  local data = tvb:raw(0, tvb:len())
  local place = pinfo.number .. ":" .. tvb:len()
  local summaries, at, number = {}, 1, 0
  local cut = lines[place]
  if not cut then
    cut = {}
    while at <= #data do
      local line, first = next_line(data, at, known.delimiter)
      if not line then
        cut.rest = first
        break
      end
      cut[#cut + 1] = line
      at = line.next
      local found = not line.oversize and dissect(data:sub(line.first, line.last), known.delimiter)
      if found then
        known.delimiter = found.delimiter
      end
    end
    lines[place] = cut
  end
  pinfo.cols.protocol = "SIP2"
  for _, line in ipairs(cut) do
    number = number + 1
    local range = tvb(line.first - 1, line.last - line.first + 1)
    local text = data:sub(line.first, line.last)
    local found = not line.oversize and dissect(text, known.delimiter)
    local branch = tree:add(sip2, tvb(line.first - 1, math.max(line.next - line.first, 1)))
    local key = place .. ":" .. number
    if found then
      if found.message and not pinfo.visited and not counts[key] then
        counts[key] = true
        local sequence = found.trailer.sequence
        pair(known, key, found, pinfo, sequence and text:sub(sequence, sequence))
      end
      summaries[number] = show_message(branch, found, text, range, line, links[key])
    else
      summaries[number] = show_text(branch, range, line.oversize and "more than a message may hold" or "not a message")
    end
  end
  if number > 0 then
    pinfo.cols.info = table.concat(summaries, ", ")
  end
  if cut.rest and cut.rest <= #data then
    pinfo.desegment_offset = cut.rest - 1
    pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
  end
  return tvb:len()
end

-- Whether a connection was recognized in this frame or before it.
local function is_known(pinfo)
  local since = remember(pinfo).since
  return since ~= nil and pinfo.number >= since
end

local function try(tvb, pinfo, tree, strict)
  if tvb:len() == 0 then
    return 0
  end
  if not is_known(pinfo) then
    local size = math.min(tvb:len(), LIMIT + 1)
    local verdict = recognize(tvb:raw(0, size), strict)
    if verdict == "no" then
      return 0
    end
    if verdict == "more" then
      pinfo.desegment_offset = 0
      pinfo.desegment_len = DESEGMENT_ONE_MORE_SEGMENT
      return tvb:len()
    end
    local known = remember(pinfo)
    known.since = math.min(known.since or pinfo.number, pinfo.number)
    pinfo.conversation = sip2
  end
  return dissect_stream(tvb, pinfo, tree)
end

-- Whether a connection began with a login in the manner of telnet: SIP2 is likely to follow, and nobody else should wait
-- for the rest of what they take for theirs.
local function is_dialog(tvb, pinfo)
  local known = remember(pinfo)
  if not known.dialog then
    local text = tvb:raw(0, math.min(tvb:len(), DIALOG)):lower()
    known.dialog = text:find("login ?:") ~= nil or text:find("user[ a-z]*:") ~= nil or text:find("pass[a-z]* ?:") ~= nil
  end
  return known.dialog
end

local tcp_ports = DissectorTable.get("tcp.port")
local others = {} -- by port, who was there before

function sip2.dissector(tvb, pinfo, tree)
  local taken = try(tvb, pinfo, tree, false)
  if taken > 0 then
    return taken
  end
  local other = others[pinfo.match_uint]
  if not other or is_dialog(tvb, pinfo) then
    return 0
  end
  pinfo.can_desegment = pinfo.can_desegment + 1 -- it may join segments as if TCP had called it itself
  return other:call(tvb, pinfo, tree)
end

sip2:register_heuristic("tcp", function(tvb, pinfo, tree)
  return sip2.prefs.heuristic and try(tvb, pinfo, tree, true) > 0
end)

local used = {}

local function use_ports(text)
  for port in pairs(used) do
    tcp_ports:remove(port, sip2)
    if others[port] then
      tcp_ports:add(port, others[port])
    end
  end
  used, others = {}, {}
  for first, last in text:gmatch("(%d+)%-?(%d*)") do
    for port = tonumber(first), tonumber(last) or tonumber(first) do
      if not used[port] then -- ranges may overlap, and nobody should stand in for oneself
        others[port] = tcp_ports:get_dissector(port)
        used[port] = true
        tcp_ports:add(port, sip2)
      end
    end
  end
end

function sip2.prefs_changed()
  use_ports(sip2.prefs.ports)
end

use_ports(sip2.prefs.ports)
tcp_ports:add_for_decode_as(sip2)
