"""The report: run the notebooks, check them, build the site."""
