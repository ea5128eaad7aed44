/* /login */
import { html } from '../../vendor/lit-html/lit-html.js';
import { t } from '../i18n.js';
import { paint } from '../paint.js';
import { signIn } from '../session.js';
import { languageSwitch } from '../parts/switches.js';
import { problemNotice } from '../parts/notice.js';
import { brand } from '../parts/brand.js';

const state = { sending: false, problem: null };
let done = () => {};

export const whenSignedIn = (call) => void (done = call);
export const title = () => t('login.title');

export function leave() {
	Object.assign(state, { sending: false, problem: null });
}

async function submit(event) {
	event.preventDefault();
	if (state.sending) return;
	const form = new FormData(event.target);
	state.sending = true;
	state.problem = null;
	paint();
	try {
		await signIn(form.get('user').trim(), form.get('password'));
		await done();
	} catch (problem) {
		state.problem = problem;
	}
	state.sending = false;
	paint();
}

export const render = () => html`<div class="login">
	<form class="panel" @submit=${submit}>
		${brand()}
		<h1>${t('login.title')}</h1>
		<p class="quiet">${t('login.lead')}</p>
		${problemNotice(state.problem)}
		<div class="field"><label for="user">${t('login.user')}</label><input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></div>
		<div class="field"><label for="password">${t('login.password')}</label><input id="password" name="password" type="password" autocomplete="current-password" required></div>
		<button class="primary" ?disabled=${state.sending}>${state.sending ? t('sending') : t('login.send')}</button>
	</form>
	${languageSwitch()}
</div>`;
