"""Statements of dialling, by what they are about."""
