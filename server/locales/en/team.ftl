# The wallboard and what supervisors do.
