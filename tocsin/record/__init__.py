"""The public record: what happened, asked of the log."""
