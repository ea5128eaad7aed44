/* The page's one dialog. The browser keeps the focus inside it, closes it on Esc and gives the focus back. */
import { html, nothing, render } from '../../vendor/lit-html/lit-html.js';
import { t } from '../i18n.js';

const host = () => document.getElementById('dialog');
let content = null;

export function drawDialog() {
	render(content ? content() : nothing, host());
}

export const closeDialog = () => host().close();
export const dialogIsOpen = () => content !== null;

/* template: called at each drawing. Returns what closes it, if it is still the one that is open. */
export function openDialog(template) {
	content = template;
	drawDialog();
	if (!host().open) host().showModal();
	return () => content === template && closeDialog();
}

export function startDialog() {
	host().addEventListener('close', () => {
		content = null;
		drawDialog();
	});
}

/* Its frame: a title, a form or text, a row of buttons. */
export const dialogFrame = (title, body, buttons, submit) => html`
	<form class="dialog-form" @submit=${(event) => (event.preventDefault(), submit?.())}>
		<h2 id="dialog-title">${title}</h2>
		<div class="dialog-body">${body}</div>
		<div class="buttons">${buttons}</div>
	</form>`;

export const cancelButton = (label = t('cancel')) => html`<button type="button" @click=${closeDialog}>${label}</button>`;
