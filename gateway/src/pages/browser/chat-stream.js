/**
 * @typedef {object} Said
 * @property {string} [text] more of the answer
 * @property {{ prompt_tokens: number, completion_tokens: number }} [usage]
 * @property {string} [error] why the answer broke off
 * @property {boolean} [isWhole] the answer has ended as it should
 */

/**
 * What a streamed chat says, piece by piece.
 * @param {ReadableStream<Uint8Array>} body
 * @returns {AsyncGenerator<Said>}
 */
export async function* chatEvents(body) {
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let rest = '';
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    rest += decoder.decode(piece.value, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data:')) yield saidIn(line.slice('data:'.length).trim());
  }
}

/**
 * @param {string} data
 * @returns {Said}
 */
function saidIn(data) {
  if (data === '[DONE]') return { isWhole: true };
  const { choices = [], usage, error } = JSON.parse(data);
  if (error) return { error: error.message ?? 'The answer broke off.' };
  const { content, refusal } = choices[0]?.delta ?? {};
  return { text: content ?? refusal ?? '', ...(usage ? { usage } : {}) };
}
