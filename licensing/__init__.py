"""The domain: offices, people, applications, deadlines, notices and permits."""
