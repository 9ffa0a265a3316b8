import { describe, expect, test } from 'vitest';
import { ollama } from './ollama.ts';

describe('the address of an Ollama', () => {
  test.each([
    ['http://gpu.example:9000', 'http://gpu.example:9000'],
    ['https://ollama.com', 'https://ollama.com'],
    ['gpu.example', 'http://gpu.example:11434'],
    ['gpu.example:80', 'http://gpu.example'],
    ['127.0.0.1:9000', 'http://127.0.0.1:9000'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['0.0.0.0:9000', 'http://127.0.0.1:9000'],
    ['[::]:9000', 'http://127.0.0.1:9000'],
    ['[::1]', 'http://[::1]:11434'],
    [':9000', 'http://127.0.0.1:9000'],
  ])('is read as its own program reads it: %s', (said, url) => expect(ollama.baseUrlOf?.(said)).toBe(url));
});
