"""The record of attacks for everyone: API, pages, files and feeds, over what is public of it."""
