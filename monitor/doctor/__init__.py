"""One look at everything a sensor needs: each check says what it saw and what to do."""
