"""Executive asks: from a deal plan, approved by the manager, answered by an executive, debriefed within a day."""
