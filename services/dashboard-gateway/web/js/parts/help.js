/* The keys, on "?". */
import { html } from '../../vendor/lit-html/lit-html.js';
import { t } from '../i18n.js';
import { cancelButton, dialogFrame, openDialog } from './dialog.js';

const KEYS = [['j', '↓', 'help.next'], ['k', '↑', 'help.previous'], ['Enter', null, 'help.open'], ['Esc', null, 'help.close'], ['n', null, 'help.new'], ['/', null, 'help.search'], ['?', null, 'help.help']];

export const openHelp = () => openDialog(() => dialogFrame(
	t('help.title'),
	html`<dl class="keys">${KEYS.map(([key, other, text]) => html`<div><dt><kbd>${key}</kbd>${other ? html` <kbd>${other}</kbd>` : ''}</dt><dd>${t(text)}</dd></div>`)}</dl>`,
	cancelButton(t('close')),
));
