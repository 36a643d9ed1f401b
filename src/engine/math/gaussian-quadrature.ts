/** Nodes t and weights w (Σ w = 1) with E[f(T)] ≈ Σ w·f(t) for T ~ N(0, 1). */
export interface GaussianQuadrature {
  readonly nodes: readonly number[];
  readonly weights: readonly number[];
}

const known = new Map<number, GaussianQuadrature>();

/**
 * Gauss–Hermite quadrature in the probabilists' form, exact for polynomials of degree 2·points − 1. The nodes are the
 * zeros of the orthonormal Hermite polynomial h_points, found by Newton's method from one end to the other; each weight
 * is 1 / Σ h_k(t)² over k < points (Christoffel).
 */
export function gaussianQuadrature(points: number): GaussianQuadrature {
  if (!Number.isInteger(points) || points < 1 || points > 64)
    throw new RangeError(`points ${points}: a quadrature takes 1 to 64`);
  const found = known.get(points);
  if (found) return found;
  const nodes: number[] = [];
  // Newton's method with the zeros found so far divided out starts right of the largest zero and ends at the next one.
  let t = 2 * Math.sqrt(points) + 1;
  for (let i = 0; i < points; i++) {
    for (let round = 0; round < 200; round++) {
      const { last, previous } = hermite(points, t);
      const slope = Math.sqrt(points) * previous;
      const deflation = nodes.reduce((sum, zero) => sum + 1 / (t - zero), 0);
      const move = last / (slope - last * deflation);
      t -= move;
      if (Math.abs(move) < 1e-15 * Math.max(1, Math.abs(t))) break;
    }
    nodes.push(t);
    t -= 1e-3;
  }
  nodes.reverse();
  const weights = nodes.map((node) => 1 / hermite(points, node).squares);
  const quadrature = { nodes, weights };
  known.set(points, quadrature);
  return quadrature;
}

/** h_n(t), h_{n−1}(t) and Σ h_k(t)² for k < n, by √(k+1)·h_{k+1} = t·h_k − √k·h_{k−1}. */
function hermite(n: number, t: number): { last: number; previous: number; squares: number } {
  let previous = 0;
  let last = 1;
  let squares = 0;
  for (let k = 0; k < n; k++) {
    squares += last * last;
    [previous, last] = [last, (t * last - Math.sqrt(k) * previous) / Math.sqrt(k + 1)];
  }
  return { last, previous, squares };
}
