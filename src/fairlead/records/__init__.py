"""What is kept about persons: who read it, why and how long it is kept, a copy of it, and its erasure."""
