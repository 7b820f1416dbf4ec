/** Milliseconds that a train takes from one hop to the next. */
const PER_HOP = 170;

/** Moves `train` once along `route`; not at all where motion is not wanted. */
export function travel(train: SVGCircleElement, route: SVGPathElement, hops: number): void {
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
  const length = route.getTotalLength();
  const total = PER_HOP * hops;
  const start = performance.now();
  const step = (now: number): void => {
    const share = Math.min(1, (now - start) / total);
    const point = route.getPointAtLength(length * share);
    train.setAttribute('cx', String(point.x));
    train.setAttribute('cy', String(point.y));
    train.classList.toggle('moving', share < 1);
    if (share < 1 && train.isConnected) requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
}
