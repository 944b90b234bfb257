"""The words of the templates of letters."""
