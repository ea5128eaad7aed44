/* Light, dark, or as the system has it. */
const KEPT = 'hub.theme';
export const THEMES = ['system', 'light', 'dark'];
let current = 'system';

const systemDark = matchMedia('(prefers-color-scheme: dark)');

function apply(theme) {
	current = THEMES.includes(theme) ? theme : 'system';
	const dark = current === 'dark' || (current === 'system' && systemDark.matches);
	document.documentElement.dataset.theme = dark ? 'dark' : 'light';
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
	systemDark.addEventListener('change', () => apply(current));
	const asked = new URLSearchParams(location.search).get('theme');
	try {
		apply(asked || localStorage.getItem(KEPT));
	} catch {
		apply(asked);
	}
}
