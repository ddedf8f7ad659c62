import { faultSentences } from '#libs/catalogue/faults'
import { isProblemCode, problems } from '#libs/catalogue/problems'

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const style = 'body{font:1.1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem}dt{font-family:monospace}dd{margin:0 0 .5rem 1.5rem}'

/** The page behind the type of a problem, in Swedish and English; undefined for an unknown code. Needs no network and no script. */
export const problemPage = (code: string): string | undefined => {
  if (!isProblemCode(code)) return undefined
  const { status, title, detail } = problems[code]
  const faults = code === 'invalid-fields' ? Object.entries(faultSentences) : []
  const part = (lang: 'sv' | 'en'): string =>
    `<section lang="${lang}"><h2>${escaped(title[lang])}</h2><p>${escaped(detail[lang])}</p>` +
    (faults.length > 0 ? `<dl>${faults.map(([name, labels]) => `<dt>${name}</dt><dd>${escaped(labels[lang])}</dd>`).join('')}</dl>` : '') +
    '</section>'
  return (
    `<!doctype html><html lang="sv"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${status} ${escaped(title.sv)}</title>` +
    `<style>${style}</style></head><body><h1>${status} <code>${code}</code></h1>${part('sv')}${part('en')}</body></html>`
  )
}
