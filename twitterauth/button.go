package twitterauth

import (
	"html/template"
)

// ButtonCSS is a stylesheet for [Auth.SignInButton] and [Auth.SignOutButton], to
// be served or included by the app; without it the button has the browser's own
// style. Colours have a
// contrast of at least 4.5:1 in light and dark.
const ButtonCSS = `.twitterauth{margin:0}
.twitterauth-button{display:inline-flex;align-items:center;justify-content:center;gap:.625rem;min-height:2.75rem;padding:.5rem 1.25rem;border:1px solid #0f1419;border-radius:999px;background:#0f1419;color:#fff;font:inherit;font-weight:600;line-height:1.25;text-decoration:none;cursor:pointer}
.twitterauth-checkbox{display:flex;align-items:center;gap:.5rem;margin:0 0 .75rem}
.twitterauth-button:hover{background:#272c30}
.twitterauth-button:focus-visible{outline:3px solid #1d9bf0;outline-offset:2px}
.twitterauth-button svg{width:1.125rem;height:1.125rem;flex:none;fill:currentColor}
@media (prefers-color-scheme:dark){.twitterauth-button{border-color:#eff3f4;background:#eff3f4;color:#0f1419}.twitterauth-button:hover{background:#d7dbdc}}
`

// Logo is X's mark as an inline SVG, for the app's buttons and links. It
// takes the text's colour and is hidden from screen readers, because the text
// next to it names X.
const Logo template.HTML = `<svg viewBox="0 0 24 24" width="18" height="18" aria-hidden="true" focusable="false"><path d="M18.9 2.5h3.4l-7.4 8.4 8.7 11.6h-6.8l-5.4-7-6.1 7H1.9l7.9-9L1.5 2.5h7l4.8 6.4 5.6-6.4Zm-1.2 18h1.9L7.5 4.4h-2l12.2 16.1Z"/></svg>`
