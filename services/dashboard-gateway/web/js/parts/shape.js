/* A state's shape: it says the same as the word beside it and as its colour, for whoever does not see colours. */
import { html, svg } from '../../vendor/lit-html/lit-html.js';

const SHAPES = {
	dot: svg`<circle cx="8" cy="8" r="5"/>`,
	ring: svg`<circle cx="8" cy="8" r="5" class="line"/>`,
	half: svg`<circle cx="8" cy="8" r="5" class="line"/><path d="M8 3a5 5 0 0 1 0 10z"/>`,
	triangle: svg`<path d="M8 2.2 14.6 13.8H1.4z"/>`,
	square: svg`<rect x="2.5" y="2.5" width="11" height="11" rx="1"/>`,
	diamond: svg`<path d="M8 1.2 14.8 8 8 14.8 1.2 8z"/>`,
	cross: svg`<path d="M3.5 3.5l9 9m0-9l-9 9" class="line"/>`,
	tick: svg`<path d="M2.5 8.5l3.8 3.8 7.2-8" class="line"/>`,
	down: svg`<path d="M8 2v11m-4-4l4 4 4-4" class="line"/>`,
	dashes: svg`<circle cx="8" cy="8" r="5" class="line dashed"/>`,
};

export function shape(name, tone = '') {
	return html`<svg class="shape ${tone}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">${SHAPES[name]}</svg>`;
}

/* The word with its shape. */
export const mark = (name, tone, text) => html`<span class="mark ${tone}">${shape(name)}<span>${text}</span></span>`;

/* What stands in a diagram at a place of an SVG. */
export function shapeAt(name, x, y, size, tone) {
	return svg`<svg x=${x - size / 2} y=${y - size / 2} width=${size} height=${size} viewBox="0 0 16 16" class="shape ${tone}">${SHAPES[name]}</svg>`;
}
