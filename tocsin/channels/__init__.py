"""Everyone is told. So far by one channel: the stream."""
