"""What it costs to watch an estate: this provider and what people do without it, measured side by side.

`make bench`, or `python -m benchmarks`. Everything runs against the emulator on this machine.
"""
