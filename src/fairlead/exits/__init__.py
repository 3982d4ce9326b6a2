"""Deals that leave the forecast: what each asks of its owner, the packet, the manager's reply, the up-card."""
