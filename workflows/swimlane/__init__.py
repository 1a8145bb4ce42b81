"""The SOP as the swimlane that Indonesian administrations use: activities down, lanes across.

Source: Permenpan RB 35/2012 (five symbols: capsule, box, diamond, arrow, off-page pentagon).
"""

from workflows.swimlane.drawing import draw

__all__ = ["draw"]
