"""The compiled kernels. Imported by :mod:`compiled` alone, after it has settled where compiled code is kept.

The same method as :mod:`plain`, which says it in NumPy: there is the formula of each step. Here the state of a block
of frequencies is a pair of flat single-precision arrays (real, imaginary), row j = factor node j, because row views of
a table cost more than the work on them. Cumulants are in double precision. Every function is serial and works on one
node at a time in a fixed order, so that a node computed alone has the same bits as in a whole run.

A component row is: kind (0 person, 1 team, 2 top), first and last person, first and last team, three whale deals
(-1 = none), and whether each of them is won (1) or not (0).
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
from __future__ import annotations

import numpy as np

from fairlead.forecasting import tuning
from fairlead.forecasting.amounts import STEPS
from fairlead.forecasting.jit import inlined, inner, outer

f4 = np.float32
TAU, BLOCK, NEW_REACH = tuning.UNRESOLVED, tuning.BLOCK, tuning.NEW_REACH
TOLERANCE2, SURVIVAL, BELL = tuning.DIED_OUT**2, tuning.FILTER, tuning.BELL
NO_LIMIT = tuning.NO_LIMIT


# ---- waves -------------------------------------------------------------------------------------------------


@inlined
def sine_cosine(t):
    """Sine and cosine of 2 pi t in single precision, error about 1e-7."""
    t = t - f4(np.rint(t))
    x = t * f4(3.14159265)
    z = x * x
    s = x * (
        f4(1)
        + z
        * (
            f4(-1.6666667e-1)
            + z * (f4(8.3333333e-3) + z * (f4(-1.9841270e-4) + z * (f4(2.7557319e-6) + z * f4(-2.5052e-8))))
        )
    )
    c = f4(1) + z * (
        f4(-0.5)
        + z
        * (
            f4(4.1666664e-2)
            + z * (f4(-1.3888889e-3) + z * (f4(2.4801587e-5) + z * (f4(-2.7557e-7) + z * f4(2.0877e-9))))
        )
    )
    return f4(2) * s * c, f4(1) - f4(2) * s * s


@inlined
def decay(z):
    """exp(-z) for z >= 0 in single precision; 0 from 24 on as far as anything here can tell."""
    y = min(z, f4(24)) * f4(1 / 32)
    p = f4(1) + y * (f4(-1) + y * (f4(0.5) + y * (f4(-1 / 6) + y * (f4(1 / 24) + y * f4(-1 / 120)))))
    p *= p
    p *= p
    p *= p
    p *= p
    return p * p


@inner
def amount_wave(A, u, v, k0, inverse, a, c):
    """u = 1 - Re phi, v = Im phi of an amount at the frequencies 2 pi (k0 + k) / width."""
    p = a * inverse
    turn = k0 * p
    turn = f4(turn - np.rint(turn))
    step = f4(p - np.rint(p))
    real = A.real[c]
    imaginary = A.imaginary[c]
    last = f4(real.size - 2)
    t = 6.283185307179586 * p * A.spread[c] * STEPS
    t0 = f4(k0 * t)
    t1 = f4(t)
    for k in range(u.size):
        x = min(t0 + f4(k) * t1, last)
        i = np.int32(x)
        f = x - f4(i)
        re = real[i] + f * (real[i + 1] - real[i])
        im = imaginary[i] + f * (imaginary[i + 1] - imaginary[i])
        s, co = sine_cosine(turn + f4(k) * step)
        u[k] = f4(1) - (re * co - im * s)
        v[k] = re * s + im * co


# ---- products given the shock ------------------------------------------------------------------------------


@inner
def times_deal(X, Y, u, v, o, ex):
    """(X + iY)_j *= 1 - q_j (u - iv), q_j = o e^x / (1 + o e^x)."""
    n = u.size
    for j in range(ex.size):
        e = o * ex[j]
        q = e / (f4(1) + e)
        a = X[j * n : (j + 1) * n]
        b = Y[j * n : (j + 1) * n]
        for k in range(n):
            x = f4(1) - q * u[k]
            y = q * v[k]
            s = a[k] * x - b[k] * y
            b[k] = a[k] * y + b[k] * x
            a[k] = s


@inner
def times_whale(X, Y, u, v, o, ex, won):
    """A deal whose end is taken as given: times q_j phi where won, times 1 - q_j where not."""
    n = u.size
    for j in range(ex.size):
        e = o * ex[j]
        q = e / (f4(1) + e)
        a = X[j * n : (j + 1) * n]
        b = Y[j * n : (j + 1) * n]
        for k in range(n):
            if won:
                x = q * (f4(1) - u[k])
                y = q * v[k]
            else:
                x = f4(1) / (f4(1) + e)
                y = f4(0)
            s = a[k] * x - b[k] * y
            b[k] = a[k] * y + b[k] * x
            a[k] = s


@inner
def times_new(X, Y, u, v, rate, scale):
    """(X + iY)_j *= exp(rate_j (phi - 1))."""
    n = u.size
    for j in range(scale.size):
        r = f4(rate * scale[j])
        a = X[j * n : (j + 1) * n]
        b = Y[j * n : (j + 1) * n]
        for k in range(n):
            g = decay(r * u[k])
            s, c = sine_cosine(r * v[k] * f4(0.15915494))
            x = g * c
            y = g * s
            t = a[k] * x - b[k] * y
            b[k] = a[k] * y + b[k] * x
            a[k] = t


@inner
def from_cumulants(X, Y, C, k0, inverse, n):
    """(X + iY)_j = exp(i w c1 - w^2 c2 / 2 - i w^3 c3 / 6 + w^4 c4 / 24), with c4 kept from growing."""
    w = 6.283185307179586 * inverse
    last = w * (k0 + n - 1)
    for j in range(C.shape[1]):
        c2 = max(C[1, j], 0.0)
        limit = 3.0 * c2 / (last * last)
        c4 = min(max(C[3, j], -limit), limit)
        turns = C[0, j] * inverse
        at = turns * k0
        at -= np.rint(at)
        t0 = f4(at)
        t1 = f4(turns - np.rint(turns))
        t3 = f4(C[2, j] * w * w * inverse / 6)
        g2 = f4(c2 * w * w / 2)
        g4 = f4(c4 * w**4 / 24)
        a = X[j * n : (j + 1) * n]
        b = Y[j * n : (j + 1) * n]
        for k in range(n):
            x = f4(k0 + k)
            z = x * x
            s, c = sine_cosine(t0 + f4(k) * t1 - x * z * t3)
            g = decay(max(z * (g2 - z * g4), f4(0)))
            a[k] = g * c
            b[k] = g * s


@inner
def times_mixed(YA, YB, X, Y, W, ta, tb):
    """(YA + i YB)_y *= sum_j W[y, j] (X + iY)_j."""
    n = ta.size
    for y in range(W.shape[0]):
        ta[:] = f4(0)
        tb[:] = f4(0)
        for j in range(W.shape[1]):
            w = W[y, j]
            if w > f4(1e-9) or w < f4(-1e-9):
                ra = X[j * n : (j + 1) * n]
                rb = Y[j * n : (j + 1) * n]
                for k in range(n):
                    ta[k] += w * ra[k]
                    tb[k] += w * rb[k]
        ya = YA[y * n : (y + 1) * n]
        yb = YB[y * n : (y + 1) * n]
        for k in range(n):
            s = ya[k] * ta[k] - yb[k] * tb[k]
            yb[k] = ya[k] * tb[k] + yb[k] * ta[k]
            ya[k] = s


@inner
def times_all(A, B, C, D):
    for k in range(A.size):
        s = A[k] * C[k] - B[k] * D[k]
        B[k] = A[k] * D[k] + B[k] * C[k]
        A[k] = s


# ---- loops that array expressions would say, at a multiple of the compile time ------------------------------


@inner
def put(a, b):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] = b[i, j]


@inner
def add(a, b):
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            a[i, j] += b[i, j]


@inner
def times(a, b):
    for j in range(a.shape[0]):
        a[j] *= b[j]


# ---- cumulants given the shock -----------------------------------------------------------------------------


@inner
def add_deal(C, A, o, a, c, ex, sign):
    a2 = a * a * A.raw[c, 1]
    a3 = a * a * a * A.raw[c, 2]
    a4 = a * a * a * a * A.raw[c, 3]
    for j in range(ex.size):
        e = o * ex[j]
        q = e / (1 + e)
        m1 = q * a
        m2 = q * a2
        m3 = q * a3
        s = m1 * m1
        C[0, j] += sign * m1
        C[1, j] += sign * (m2 - s)
        C[2, j] += sign * (m3 - 3 * m1 * m2 + 2 * m1 * s)
        C[3, j] += sign * (q * a4 - 4 * m1 * m3 - 3 * m2 * m2 + 12 * s * m2 - 6 * s * s)


@inner
def add_amount(C, A, a, c):
    """A deal that is won: its amount alone."""
    m2 = a * a * A.raw[c, 1]
    m3 = a * a * a * A.raw[c, 2]
    m4 = a * a * a * a * A.raw[c, 3]
    s = a * a
    for j in range(C.shape[1]):
        C[0, j] += a
        C[1, j] += m2 - s
        C[2, j] += m3 - 3 * a * m2 + 2 * a * s
        C[3, j] += m4 - 4 * a * m3 - 3 * m2 * m2 + 12 * s * m2 - 6 * s * s


@inner
def add_new(C, A, rate, a, c, scale, sign):
    for j in range(scale.size):
        r = sign * rate * scale[j]
        C[0, j] += r * a
        C[1, j] += r * a * a * A.raw[c, 1]
        C[2, j] += r * a * a * a * A.raw[c, 2]
        C[3, j] += r * a * a * a * a * A.raw[c, 3]


@inner
def integrate(C, w, out):
    """Law of total cumulance over one row of weights that sum to one: (4, x) -> (4,)."""
    m = 0.0
    for j in range(w.size):
        m += w[j] * C[0, j]
    c2 = 0.0
    c3 = 0.0
    c4 = 0.0
    for j in range(w.size):
        d = C[0, j] - m
        k2 = C[1, j]
        k3 = C[2, j]
        d2 = d * d
        c2 += w[j] * (k2 + d2)
        c3 += w[j] * (k3 + 3 * k2 * d + d2 * d)
        c4 += w[j] * (C[3, j] + 3 * k2 * k2 + 4 * k3 * d + 6 * k2 * d2 + d2 * d2)
    out[0] = m
    out[1] = c2
    out[2] = c3
    out[3] = c4 - 3 * c2 * c2


@outer
def sum_persons(D, A, G, S, persons):
    """Fill the sums of the given persons from their deals and new business."""
    out = np.zeros(4)
    K = G.ex.size
    C = np.zeros((4, K))
    zero = np.zeros(K)
    new = D.new_kind[0]
    for n in range(persons.size):
        r = persons[n]
        C[:] = 0.0
        zero[:] = 1.0
        most = 0.0
        reach = 0.0
        for i in range(D.begin[r], D.end[r]):
            a = np.float64(D.amount[i])
            o = np.float64(D.odds[i])
            c = D.kind[i]
            add_deal(C, A, o, a, c, G.ex, 1.0)
            most += a * A.highest[c]
            if a > 0:
                for j in range(K):
                    zero[j] /= 1 + o * G.ex[j]
                reach = max(reach, a * A.stretch[c])
        if D.rate[r] > 0 and D.new_amount[r] > 0:
            add_new(C, A, D.rate[r], D.new_amount[r], new, G.rate_scale, 1.0)
            for j in range(K):
                zero[j] *= np.exp(-D.rate[r] * G.rate_scale[j])
            reach = max(reach, D.new_amount[r] * A.stretch[new] * NEW_REACH)
            most = NO_LIMIT
        S.most[r] = most
        S.reach[r] = reach
        put(S.person[r], C)
        for j in range(K):
            S.zero[r, j] = zero[j]
        for y in range(G.to_team.shape[0]):
            integrate(C, G.to_team[y], out)
            z = 0.0
            for j in range(K):
                z += G.to_team[y, j] * zero[j]
            for k in range(4):
                S.person_up[r, k, y] = out[k]
            S.zero_up[r, y] = min(max(z, 0.0), 1.0)


@outer
def sum_teams(D, G, S, teams):
    """Fill the sums of the given teams from those of their persons."""
    out = np.zeros(4)
    for n in range(teams.size):
        t = teams[n]
        C = S.team[t]
        zero = S.zero_team[t]
        C[:] = 0.0
        zero[:] = 1.0
        reach = 0.0
        for r in range(D.team_first[t], D.team_first[t + 1]):
            add(C, S.person_up[r])
            times(zero, S.zero_up[r])
            reach = max(reach, S.reach[r])
        S.team_reach[t] = reach
        for m in range(G.to_company.shape[0]):
            integrate(C, G.to_company[m], out)
            z = 0.0
            for y in range(G.to_company.shape[1]):
                z += G.to_company[m, y] * zero[y]
            for k in range(4):
                S.team_up[t, k, m] = out[k]
            S.zero_team_up[t, m] = min(max(z, 0.0), 1.0)


# ---- moments of nodes, with whales taken as given ----------------------------------------------------------


@inner
def state_of(part, i):
    """-1 where deal i is no whale of this component, else whether it is won."""
    if part[5] == i:
        return part[8]
    if part[6] == i:
        return part[9]
    if part[7] == i:
        return part[10]
    return -1


@inner
def last_whale(part, begin, end):
    """The last whale among begin … end, or begin - 1."""
    last = begin - 1
    for f in range(5, 8):
        if begin <= part[f] < end and part[f] > last:
            last = part[f]
    return last


@inner
def person_given(D, A, G, r, part, C, weight, zero):
    C[:] = 0.0
    weight[:] = 1.0
    zero[:] = 1.0
    for i in range(D.begin[r], D.end[r]):
        a = np.float64(D.amount[i])
        o = np.float64(D.odds[i])
        state = state_of(part, i)
        if state == 1:
            add_amount(C, A, a, D.kind[i])
            zero[:] = 0.0
        if state < 0:
            add_deal(C, A, o, a, D.kind[i], G.ex, 1.0)
        for j in range(G.ex.size):
            e = o * G.ex[j]
            if state == 1:
                weight[j] *= e / (1 + e)
            elif state == 0:
                weight[j] /= 1 + e
            elif a > 0:
                zero[j] /= 1 + e
    if D.rate[r] > 0 and D.new_amount[r] > 0:
        add_new(C, A, D.rate[r], D.new_amount[r], D.new_kind[0], G.rate_scale, 1.0)
        for j in range(G.ex.size):
            zero[j] *= np.exp(-D.rate[r] * G.rate_scale[j])


@inner
def person_up_given(D, A, G, r, part, C, weight, zero, w, out, T, TW, TZ):
    """Add a person with whales to a team: cumulants to T, weights to TW, weighted mass at zero to TZ."""
    person_given(D, A, G, r, part, C, weight, zero)
    for y in range(G.to_team.shape[0]):
        total = 0.0
        z = 0.0
        for j in range(w.size):
            w[j] = max(G.to_team[y, j] * weight[j], 0.0)
            total += w[j]
            z += w[j] * zero[j]
        for j in range(w.size):
            w[j] /= max(total, 1e-300)
        integrate(C, w, out)
        for k in range(4):
            T[k, y] += out[k]
        TW[y] *= total
        TZ[y] *= z


@inner
def sum_range(S, first, last, T, TZ):
    T[:] = 0.0
    TZ[:] = 1.0
    for r in range(first, last):
        add(T, S.person_up[r])
        times(TZ, S.zero_up[r])


@inner
def finish(C, zero, weight, base, w, out, row):
    """Marginal moments of a component: mass, mean, variance, third cumulant, share at zero, fourth cumulant."""
    mass = 0.0
    z = 0.0
    for j in range(base.size):
        w[j] = base[j] * weight[j]
        mass += w[j]
        z += base[j] * zero[j]
    for j in range(base.size):
        w[j] /= max(mass, 1e-300)
    integrate(C, w, out)
    row[0] = mass
    row[1] = out[0]
    row[2] = max(out[1], 0.0)
    row[3] = out[2]
    row[4] = min(max(z / max(mass, 1e-300), 0.0), 1.0)
    row[5] = out[3]


@outer
def moments(D, A, G, S, parts, out):
    """Per component: mass, mean, variance, third cumulant, share at zero, fourth cumulant; most is in column 6."""
    K = G.ex.size
    M = G.m_weights.size
    o4 = np.zeros(4)
    C = np.zeros((4, K))
    T = np.zeros((4, K))
    N = np.zeros((4, M))
    w = np.zeros(K)
    weight = np.zeros(K)
    zero = np.zeros(K)
    TW = np.ones(K)
    TZ = np.ones(K)
    NW = np.ones(M)
    NZ = np.ones(M)
    wm = np.zeros(M)
    for n in range(parts.shape[0]):
        part = parts[n]
        first = part[1]
        last = part[2]
        whales = part[5] >= 0
        most = 0.0
        for r in range(first, last):
            most += S.most[r]
        out[n, 6] = most
        if part[0] == 0:
            if whales:
                person_given(D, A, G, first, part, C, weight, zero)
                times(zero, weight)
                finish(C, zero, weight, G.x_weights, w, o4, out[n])
            else:
                weight[:] = 1.0
                finish(S.person[first], S.zero[first], weight, G.x_weights, w, o4, out[n])
        elif part[0] == 1:
            TW[:] = 1.0
            sum_range(S, first, last, T, TZ)
            if whales:
                team_given(D, A, G, S, first, last, part, C, weight, zero, w, o4, T, TW, TZ)
            finish(T, TZ, TW, G.y_weights, w, o4, out[n])
        else:
            N[:] = 0.0
            NW[:] = 1.0
            NZ[:] = 1.0
            for t in range(part[3], part[4]):
                f = D.team_first[t]
                g = D.team_first[t + 1]
                if whales and has_whale(D, part, f, g):
                    TW[:] = 1.0
                    team_given(D, A, G, S, f, g, part, C, weight, zero, w, o4, T, TW, TZ)
                    team_up_given(G, T, TW, TZ, w, o4, N, NW, NZ)
                else:
                    add(N, S.team_up[t])
                    times(NZ, S.zero_team_up[t])
            finish(N, NZ, NW, G.m_weights, wm, o4, out[n])


@inner
def has_whale(D, part, first, last):
    for f in range(5, 8):
        if part[f] >= 0:
            for r in range(first, last):
                if D.begin[r] <= part[f] < D.end[r]:
                    return True
    return False


@inner
def team_given(D, A, G, S, first, last, part, C, weight, zero, w, o4, T, TW, TZ):
    T[:] = 0.0
    TZ[:] = 1.0
    for r in range(first, last):
        if last_whale(part, D.begin[r], D.end[r]) >= D.begin[r]:
            person_up_given(D, A, G, r, part, C, weight, zero, w, o4, T, TW, TZ)
        else:
            add(T, S.person_up[r])
            times(TZ, S.zero_up[r])


@inner
def team_up_given(G, T, TW, TZ, w, out, N, NW, NZ):
    for m in range(G.to_company.shape[0]):
        total = 0.0
        z = 0.0
        for y in range(w.size):
            w[y] = max(G.to_company[m, y] * TW[y], 0.0)
            total += w[y]
            z += G.to_company[m, y] * TZ[y]
        for y in range(w.size):
            w[y] /= max(total, 1e-300)
        integrate(T, w, out)
        for k in range(4):
            N[k, m] += out[k]
        NW[m] *= total
        NZ[m] *= max(z, 0.0)


@outer
def largest(D, S, parts, out):
    """The three largest deals of each node, by amount: rows of the deal arrays, -1 where there are fewer."""
    for n in range(parts.shape[0]):
        a0 = f4(0)
        a1 = f4(0)
        a2 = f4(0)
        out[n, 0] = -1
        out[n, 1] = -1
        out[n, 2] = -1
        for r in range(parts[n, 1], parts[n, 2]):
            b = D.begin[r]
            if S.reach[r] <= a2 or D.end[r] == b or D.amount[b] <= a2:
                continue
            for i in range(b, min(b + 3, D.end[r])):
                a = D.amount[i]
                if a > a0:
                    a2 = a1
                    a1 = a0
                    a0 = a
                    out[n, 2] = out[n, 1]
                    out[n, 1] = out[n, 0]
                    out[n, 0] = i
                elif a > a1:
                    a2 = a1
                    a1 = a
                    out[n, 2] = out[n, 1]
                    out[n, 1] = i
                elif a > a2:
                    a2 = a
                    out[n, 2] = i


# ---- spectra -----------------------------------------------------------------------------------------------


@inner
def person_function(X, Y, u, v, U, D, A, G, S, r, k0, inverse, threshold, stretch, part, whale):
    """X + iY = characteristic function of a person given the shock: resolved deals explicit, the rest by cumulants."""
    n = u.size
    begin = D.begin[r]
    end = D.end[r]
    new = D.new_kind[0]
    new_business = D.rate[r] > 0 and D.new_amount[r] > 0
    new_shown = new_business and D.new_amount[r] * A.stretch[new] * NEW_REACH >= threshold
    put(U, S.person[r])
    everything = True
    stop = begin
    for i in range(begin, end):
        a = np.float64(D.amount[i])
        if i > whale and a * stretch < threshold:
            everything = False
            break
        stop = i + 1
        if i > whale and a * A.stretch[D.kind[i]] < threshold:
            everything = False
            continue
        add_deal(U, A, np.float64(D.odds[i]), a, D.kind[i], G.ex, -1.0)
    if new_shown:
        add_new(U, A, D.rate[r], D.new_amount[r], new, G.rate_scale, -1.0)
    if everything and new_shown == new_business:
        X[:] = f4(1)
        Y[:] = f4(0)
    else:
        from_cumulants(X, Y, U, k0, inverse, n)
    for i in range(begin, stop):
        a = np.float64(D.amount[i])
        c = D.kind[i]
        if i > whale and a * A.stretch[c] < threshold:
            continue
        amount_wave(A, u, v, k0, inverse, a, c)
        state = state_of(part, i)
        if state < 0:
            times_deal(X, Y, u, v, D.odds[i], G.ex_single)
        else:
            times_whale(X, Y, u, v, D.odds[i], G.ex_single, state == 1)
    if new_shown:
        amount_wave(A, u, v, k0, inverse, D.new_amount[r], new)
        times_new(X, Y, u, v, D.rate[r], G.rate_scale)


@inner
def weigh(pa, pb, X, Y, w, share, zero):
    """phi - zero, phi = share * sum_j w_j (X + iY)_j; the largest |phi - zero|^2 of the second half is given back."""
    n = pa.size
    pa[:] = -f4(zero)
    pb[:] = f4(0)
    for j in range(w.size):
        f = f4(w[j] * share)
        a = X[j * n : (j + 1) * n]
        b = Y[j * n : (j + 1) * n]
        for k in range(n):
            pa[k] += f * a[k]
            pb[k] += f * b[k]
    left = f4(0)
    for k in range(n // 2, n):
        left = max(left, pa[k] * pa[k] + pb[k] * pb[k])
    return left


@outer
def spectra(D, A, G, S, parts, low, width, mass, zero, most_blocks, stretch, coefficients, used):
    """Fourier coefficients of the distribution functions of components: (components, 1 + frequencies) complex.

    ``used`` gets the number of frequencies computed; the rest of the row is zero.
    """
    n = BLOCK
    K = G.ex.size
    M = G.m_weights.size
    X = np.empty(K * n, f4)
    Y = np.empty(K * n, f4)
    YA = np.empty(K * n, f4)
    YB = np.empty(K * n, f4)
    NA = np.empty(M * n, f4)
    NB = np.empty(M * n, f4)
    LA = np.empty(M * n, f4)
    LB = np.empty(M * n, f4)
    u = np.empty(n, f4)
    v = np.empty(n, f4)
    ta = np.empty(n, f4)
    tb = np.empty(n, f4)
    U = np.empty((4, K))
    T = np.empty((4, K))
    N = np.empty((4, M))
    pa = np.empty(n * most_blocks, f4)
    pb = np.empty(n * most_blocks, f4)
    for c in range(parts.shape[0]):
        part = parts[c]
        kind = part[0]
        first = part[1]
        last = part[2]
        inverse = 1 / width[c]
        whales = part[5] >= 0
        k0 = 1
        left = f4(0)
        for block in range(most_blocks):
            threshold = TAU / (6.283185307179586 * (k0 + n - 1) * inverse)
            N[:] = 0.0
            NA[:] = f4(1)
            NB[:] = f4(0)
            for t in range(part[3], part[4]):
                if kind == 2:
                    first = D.team_first[t]
                    last = D.team_first[t + 1]
                    if S.team_reach[t] < threshold and not (whales and has_whale(D, part, first, last)):
                        add(N, S.team_up[t])
                        continue
                YA[:] = f4(1)
                YB[:] = f4(0)
                T[:] = 0.0
                shown = 0
                for r in range(first, last):
                    whale = last_whale(part, D.begin[r], D.end[r]) if whales else D.begin[r] - 1
                    if kind > 0 and S.reach[r] < threshold and whale < D.begin[r]:
                        add(T, S.person_up[r])
                        continue
                    shown += 1
                    person_function(
                        X, Y, u, v, U, D, A, G, S, r, k0, inverse, threshold, stretch, part, whale
                    )
                    if kind > 0:
                        times_mixed(YA, YB, X, Y, G.to_team_single, ta, tb)
                if kind > 0 and shown < last - first:
                    from_cumulants(X, Y, T, k0, inverse, n)
                    times_all(YA, YB, X, Y)
                if kind == 2:
                    times_mixed(NA, NB, YA, YB, G.to_company_single, ta, tb)
            if kind == 2:
                from_cumulants(LA, LB, N, k0, inverse, n)
                times_all(NA, NB, LA, LB)
            fa, fb = (X, Y) if kind == 0 else (YA, YB) if kind == 1 else (NA, NB)
            base = G.x_weights if kind == 0 else G.y_weights if kind == 1 else G.m_weights
            qa = pa[block * n : (block + 1) * n]
            qb = pb[block * n : (block + 1) * n]
            left = weigh(qa, qb, fa, fb, base, 1 / mass[c], zero[c])
            k0 += n
            if left < TOLERANCE2:
                break
        used[c] = k0 - 1
        shift = low[c] * inverse
        shift -= np.rint(shift)
        for k in range(1, k0):
            x = (k / k0) ** 2
            fade = SURVIVAL * x * x * x * x if left < TOLERANCE2 else BELL * x
            t = k * shift
            s, co = sine_cosine(f4(t - np.rint(t)))
            g = f4(np.exp(-fade) / (6.283185307179586 * k))
            re = pa[k - 1] * co + pb[k - 1] * s
            im = pb[k - 1] * co - pa[k - 1] * s
            coefficients[c, k] = complex(-im * g, -re * g)


# ---- reading -----------------------------------------------------------------------------------------------


@outer
def quantiles(rise, begin, points, low, width, zero, levels, out):
    """Amounts at the levels, for components that are whole nodes; see :func:`curves.inverse`."""
    for c in range(begin.size):
        f = rise[begin[c] : begin[c] + points[c]]
        k = 0
        last = f.size - 2
        for q in range(levels.size):
            p = levels[q] - zero[c]
            if p <= 0:
                out[c, q] = 0.0
                continue
            while k < last and f[k + 1] < p:
                k += 1
            f1 = np.float64(f[k])
            f2 = np.float64(f[k + 1])
            f0 = np.float64(f[k - 1]) if k > 0 else 2 * f1 - f2
            f3 = np.float64(f[k + 2]) if k < last else 2 * f2 - f1
            c1 = 0.5 * (f2 - f0)
            c2 = f0 - 2.5 * f1 + 2 * f2 - 0.5 * f3
            c3 = 1.5 * (f1 - f2) + 0.5 * (f3 - f0)
            t = min(max((p - f1) / max(f2 - f1, 1e-30), 0.0), 1.0)
            for _ in range(3):
                slope = max(c1 + t * (2 * c2 + 3 * t * c3), 1e-30)
                t = min(max(t - (f1 + t * (c1 + t * (c2 + t * c3)) - p) / slope, 0.0), 1.0)
            out[c, q] = max(low[c] + width[c] * (k + t) / (f.size - 1), 0.0)


@outer
def screen(rise, low, width, zero, target, amount, chance, out):
    """First-order swing of each deal on P(S >= target): F(T + q a) - F(T - (1 - q) a), linear in the grid."""
    n = rise.size - 1
    scale = n / width
    for i in range(amount.size):
        a = np.float64(amount[i])
        swing = 0.0
        for side in range(2):
            x = target + chance[i] * a if side == 0 else target - (1 - chance[i]) * a
            z = min(max((x - low) * scale, 0.0), n - 1e-6)
            k = int(z)
            value = rise[k] + (z - k) * (rise[k + 1] - rise[k])
            if x >= 0:
                value += zero
            swing += value if side == 0 else -value
        out[i] = swing
