"""Plans and gifts that were somewhere else before: a reader for each format, one writer, and a report that balances."""
