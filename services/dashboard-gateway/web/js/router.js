/* Addresses: /live, /referrals, /health, /login with their query. Links inside the page change it without loading anew. */
let onMove = () => {};

export const route = () => ({ path: location.pathname, params: new URLSearchParams(location.search) });

export const whenMoved = (call) => void (onMove = call);

export function go(href, { replace = false } = {}) {
	if (href === location.pathname + location.search) return;
	history[replace ? 'replaceState' : 'pushState'](null, '', href);
	onMove();
}

function inPage(event) {
	if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
	const link = event.target.closest?.('a[href]');
	if (!link || link.target || link.hasAttribute('download')) return null;
	const url = new URL(link.getAttribute('href'), location.href);
	if (url.origin !== location.origin || url.pathname.startsWith('/api/') || link.getAttribute('href').startsWith('#')) return null;
	return url.pathname + url.search;
}

export function startRouter() {
	document.addEventListener('click', (event) => {
		const href = inPage(event);
		if (!href) return;
		event.preventDefault();
		go(href);
	});
	addEventListener('popstate', () => onMove());
}
