import { byPatterns, type Guard } from './contract.ts';

/** Orders to the model in texts that should hold none: what tools, files and users bring along. */
export const promptInjection: Guard = {
  category: 'prompt-injection',
  reads: new Set(['user', 'tool', 'output']),
  judge: byPatterns([
    [
      /\b(?:ignore|disregard|forget|override|skip)\b[^.?!\n]{0,20}\b(?:all|any|the|your|previous|prior|preceding|earlier|above|foregoing|original)\b[^.?!\n]{0,30}\b(?:instructions?|prompts?|directions?|commands?|rules|orders)\b/gi,
      0.8,
    ],
    [/<\|(?:im_start|im_end|system|start_header_id|eot_id)\|>|\[\/?INST\]|<<\/?SYS>>/gi, 0.6],
    [/<\/?(?:system|assistant)(?:_prompt|_message)?>/gi, 0.4],
    [
      /(?:^|\n)\s{0,8}(?:#{1,4} ?)?(?:new |updated |important |real )?(?:system|admin|developer)(?: (?:prompt|message|instructions?|note|override))?\s?:/gi,
      0.4,
    ],
    [/\b(?:new|updated|real|actual|following|important) (?:system )?instructions?(?: (?:are|is))?\s?:/gi, 0.5],
    [
      /\b(?:reveal|show|print|repeat|output|display|leak|tell me|give me|what (?:is|are|was|were))\b[^.?!\n]{0,30}\b(?:your|the)\b[^.?!\n]{0,16}\b(?:system (?:prompt|message|instructions?)|hidden (?:prompt|instructions?)|initial (?:prompt|instructions?)|instructions? (?:above|verbatim))\b/gi,
      0.7,
    ],
    [/\brepeat (?:everything|all|the words|the text) (?:above|before)\b/gi, 0.6],
    [
      /\b(?:do not|don't|never|without) (?:tell|inform|mention|notify|alert|show|telling|informing|mentioning)\w{0,2}\b[^.?!\n]{0,20}\b(?:the )?(?:user|human|operator)\b/gi,
      0.6,
    ],
    [
      /\b(?:send|forward|post|e-?mail|upload|exfiltrate|transmit|leak)\b[^.?!\n]{0,60}\b(?:to|at)\b[^.?!\n]{0,8}(?:https?:\/\/|[\w.+-]{1,40}@)/gi,
      0.3,
    ],
    [
      /\b(?:conversation|chat history|api keys?|credentials?|passwords?|secrets?|system prompt)\b[^.?!\n]{0,40}\b(?:to|at)\b[^.?!\n]{0,8}(?:https?:\/\/|[\w.+-]{1,40}@)/gi,
      0.5,
    ],
    [/!\[[^\]\n]{0,40}\]\(https?:\/\/[^)\s]{1,120}[?&][^)\s=]{1,20}=(?:\{|%7b|\[|<)/gi, 0.7],
    [
      /\b(?:you (?:must|should|will|need to)|please) (?:now |immediately |first )?(?:call|invoke|use|run|execute) the [\w-]{1,40} (?:tool|function|command)\b/gi,
      0.3,
    ],
    [
      /\b(?:ai|llm|language model|assistant|chatbot)s?(?: (?:reading|processing|summari[sz]ing) this)?\s?[:,]\s?(?:you must|please|ignore|do not|instead|execute|run)\b/gi,
      0.4,
    ],
    [/<!--[^>]{0,60}\b(?:ignore (?:all|any|the|previous)|assistant:|system prompt)/gi, 0.5],
  ]),
};
