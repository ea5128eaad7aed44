/* The hub's mark: three places and the way between them. */
import { html, svg } from '../../vendor/lit-html/lit-html.js';

const sign = svg`<path d="M5 18 12 6l7 12" fill="none" stroke="currentColor" stroke-width="2"/><circle cx="5" cy="18" r="3.2"/><circle cx="19" cy="18" r="3.2"/><circle cx="12" cy="6" r="3.2"/>`;

export const brand = () => html`<svg class="brand" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">${sign}</svg>`;
