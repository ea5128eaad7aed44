/* Keys that work anywhere in a view, but not while somebody writes. */
const handlers = { view: null, page: null };

const writes = (target) => target.closest?.('input, textarea, select, [contenteditable]');

/* call(key, event) -> true when it was its. level: "page" is asked after "view". */
export const onKeys = (level, call) => void (handlers[level] = call);

export function startKeys() {
	document.addEventListener('keydown', (event) => {
		if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector('dialog[open]')) return;
		if (writes(event.target) && event.key !== 'Escape') return;
		if (handlers.view?.(event.key, event) || handlers.page?.(event.key, event)) event.preventDefault();
	});
}
