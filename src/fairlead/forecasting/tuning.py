"""The constants of the method, shared by the plain and the compiled kernel so that both give the same numbers."""

BLOCK = 32
"""Frequencies are added in blocks of so many."""

DIED_OUT = 3e-3
"""A node takes no further block once |phi - mass at zero| is below this over the second half of one: half, because
that of equal amounts dies out and comes back within a period."""

UNRESOLVED = 2.0
"""A deal enters through four cumulants where highest frequency x amount x (1 + log-sd) is below this."""

NEW_REACH = 2.7
"""How much further than an open deal's the amount of new business reaches, for it may come several times."""

FILTER = 36.0
"""Strength of the order-8 exponential filter at the last frequency: exp(-36) is rounding error."""

BELL = 4.5
"""Strength of the bell-shaped filter where certain amounts keep |phi| from dying out. It smears a step over about half
of the shortest wave length and, unlike the other, never overshoots it."""

BELOW, ABOVE, PER_SKEW, MOST_SKEW = 7.5, 8.0, 3.0, 8.0
"""The range of a node: mean - 7.5 sd to mean + (8 + 3 skew) sd, the skew taken as 8 at most."""

MARGIN = 0.03
"""Room on both sides of the range, as a share of it."""

WHALE = 3.0
"""A deal is a whale where the range with it is more than this many times the range without it."""

MOST_WHALES = 3

POINTS_PER_FREQUENCY, LEAST_POINTS, MOST_POINTS = 4, 256, 4_096
"""Grid points of a distribution function; a power of two."""

FEWEST_BLOCKS, MOST_BLOCKS, DEALS_TIMES_BLOCKS = 4, 32, 512
"""Blocks a node may take: 512 over its deals, at least 4, at most 32."""

PLAIN_UP_TO = 5_000
"""Deals plus eight times the nodes up to which the plain kernel answers, for it needs no compiler."""

NO_LIMIT = 1e200
"""What a node with new business can hardly exceed."""
