"""Reports of threats come in: from officers, from sensors, from messages. What is not news is set aside, with why."""
