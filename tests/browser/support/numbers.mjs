/* Of a list of numbers; and lines for people. */
import { cpus, loadavg } from 'node:os';

/* Bounds of time are those of a machine that has nothing else to do (HUB_STRICT=1). Where others work on it, the ordinary run waits so much
 * longer as they take of it. */
export const patience = () => (process.env.HUB_STRICT === '1' ? 1 : Math.max(1, loadavg()[0] / cpus().length));

export function percentile(values, share) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)];
}

/* The slope of y over x by least squares. */
export function slope(points) {
	const n = points.length;
	const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / n;
	const [x, y] = [mean(0), mean(1)];
	const over = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
	return over / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

/* A figure of a check, for the log and the closing note. */
export const figure = (text) => console.log(`# ${text}`);
