/** Asks for this very page once more and shows what the server says about it. */
async function showAnswer() {
  const status = document.querySelector('#answer-status')
  const startMs = performance.now()
  try {
    const response = await fetch(location.href, { method: 'HEAD', cache: 'no-store' })
    const tookMs = (performance.now() - startMs).toFixed(1)
    status.textContent = `HEAD ${location.pathname} → ${response.status} ${response.statusText} in ${tookMs} ms`
    document.querySelector('#answer-fields').replaceChildren(...fieldRows(response.headers))
  } catch (error) {
    status.textContent = `No answer: ${error.message}`
  }
}

/** @param {Headers} headers */
function fieldRows(headers) {
  return [...headers].flatMap(([name, value]) => [element('dt', name), element('dd', value)])
}

function element(name, text) {
  const created = document.createElement(name)
  created.textContent = text
  return created
}

await showAnswer()
