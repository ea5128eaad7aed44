/* Words in Chinese and English, from two flat files with equal keys. */
const LANGUAGES = ['zh', 'en'];
const KEPT = 'hub.language';
let words = {};
let current = 'zh';

function kept() {
	try {
		return localStorage.getItem(KEPT);
	} catch {
		return null;
	}
}

/* By address, by what was chosen before, by the browser; else Chinese. */
function wanted() {
	const asked = [new URLSearchParams(location.search).get('lang'), kept(), ...(navigator.languages || [])];
	for (const name of asked) {
		const language = LANGUAGES.find((l) => (name || '').toLowerCase().startsWith(l));
		if (language) return language;
	}
	return 'zh';
}

async function load(language) {
	const response = await fetch(`/assets/i18n/${language}.json`);
	if (!response.ok) throw new Error(`i18n/${language}.json: ${response.status}`);
	words = await response.json();
	current = language;
	document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export const loadWords = () => load(wanted());

export async function chooseLanguage(language) {
	await load(language);
	try {
		localStorage.setItem(KEPT, language);
	} catch {
		/* a browser that keeps nothing forgets it */
	}
}

export const language = () => current;

/* The text of a key with {name} filled in. */
export function t(key, values) {
	const text = words[key] ?? key;
	return values ? text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? String(values[name]) : all)) : text;
}

/* The word for a code of an open list: the code itself where there is none. */
export function word(prefix, code) {
	if (code === null || code === undefined || code === '') return '—';
	return words[`${prefix}.${code}`] ?? code;
}
