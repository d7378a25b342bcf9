"""From desired state to calls: one folder per kind of object, and what they share.

Each folder holds `inputs` (what a program writes), `checks` and `plan` (decisions, pure), `outputs` (what is
shown) and `handler` (what the engine asks for). `provider` is the way in for a front door.
"""
