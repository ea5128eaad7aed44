/* The server's clock as the page knows it. The offset is the largest of the last few heard: a late message only makes it
 * smaller. */
const SAMPLES = 8;
const samples = [];
let offset = 0;

/* serverTime: RFC 3339, as it arrives. */
export function heardTime(serverTime) {
	const ms = Date.parse(serverTime);
	if (Number.isNaN(ms)) return;
	samples.push(ms - Date.now());
	if (samples.length > SAMPLES) samples.shift();
	offset = Math.max(...samples);
}

export const now = () => Date.now() + offset;

/* How far this computer's clock is from the server's; positive: behind it. */
export const clockOffset = () => offset;
