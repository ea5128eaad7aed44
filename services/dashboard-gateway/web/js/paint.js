/* When the page is drawn: data asks for it, and gets it at most once per gap; a person's action gets it with the next frame. */
let draw = () => {};
let gapMs = 250;
let last = 0;
let timer = 0;
let frame = 0;

export const paintWith = (call) => void (draw = call);
export const paintGap = (ms) => void (gapMs = ms);

function now() {
	frame = 0;
	clearTimeout(timer);
	timer = 0;
	last = performance.now();
	draw();
}

function soon() {
	frame ||= requestAnimationFrame(now);
}

/* Something changed that nobody here did. */
export function paintLater() {
	if (timer || frame) return;
	const wait = Math.max(0, last + gapMs - performance.now());
	timer = setTimeout(soon, wait);
}

/* A person acted. */
export function paint() {
	soon();
}
