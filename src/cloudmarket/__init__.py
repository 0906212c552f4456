"""Cloud AI Market: dated public evidence about the AI offerings of the clouds."""
