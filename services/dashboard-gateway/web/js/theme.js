/* Light, dark, or as the system has it. */
const KEPT = 'hub.theme';
export const THEMES = ['system', 'light', 'dark'];
let current = 'system';

function apply(theme) {
	current = THEMES.includes(theme) ? theme : 'system';
	if (current === 'system') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = current;
}

export const theme = () => current;

export function chooseTheme(name) {
	apply(name);
	try {
		localStorage.setItem(KEPT, current);
	} catch {
		/* a browser that keeps nothing forgets it */
	}
}

/* By address (a wall), or as chosen before. */
export function startTheme() {
	const asked = new URLSearchParams(location.search).get('theme');
	try {
		apply(asked || localStorage.getItem(KEPT));
	} catch {
		apply(asked);
	}
}
