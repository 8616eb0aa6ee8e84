"""The one place that knows every room: settings, addresses, the server, the command line, and how rooms are wired."""
