"""What reports mean: which threats there are, which zones each can reach and when, and what a policy makes of it.

Pure: the same reports, policy and time give the same answer. It gives areas and times of arrival, for warning people.
"""
