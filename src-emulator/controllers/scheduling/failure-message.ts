import type { Obstacle } from './filters.ts';

/** The words of kube-scheduler's FitError, with what preemption would say. */
export function failureMessage(obstacles: readonly (readonly Obstacle[])[]): string {
  const total = obstacles.length;
  if (total === 0) return 'no nodes available to schedule pods';
  const counts = new Map<string, number>();
  for (const { reason } of obstacles.flat()) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort()
    .join(', ');
  const helpless = obstacles.filter((list) => list.some(({ preemptable }) => !preemptable)).length;
  const verdicts = [
    ...(helpless > 0 ? [`${helpless} Preemption is not helpful for scheduling`] : []),
    ...(total > helpless ? [`${total - helpless} No preemption victims found for incoming pod`] : []),
  ].sort();
  return (
    `0/${total} nodes are available: ${reasons}. no new claims to deallocate, ` +
    `preemption: 0/${total} nodes are available: ${verdicts.join(', ')}.`
  );
}
