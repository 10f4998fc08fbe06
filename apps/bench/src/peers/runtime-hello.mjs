// Answers hello on Bun or Deno, and prints its port first.
/* global Bun, Deno */
const init = { headers: { 'Content-Type': 'text/plain' } }
const fetch = () => new Response('Hello, World!\n', init)

if (typeof Bun === 'undefined') {
  Deno.serve({ port: 0, hostname: '127.0.0.1', onListen: ({ port }) => console.log(port) }, fetch)
} else {
  console.log(Bun.serve({ port: 0, hostname: '127.0.0.1', fetch }).port)
}
