import type { RecordedAnswer } from './recorded-answer.js';

const GEMINI_QUOTA =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.';

/** Google's error, in the list of one that its endpoint for OpenAI's clients puts it into. */
const gemini = (message: string, retryDelay?: string) => [
  {
    error: {
      code: 429,
      message,
      status: 'RESOURCE_EXHAUSTED',
      details: [
        { '@type': 'type.googleapis.com/google.rpc.Help', links: [] },
        ...(retryDelay === undefined ? [] : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay }]),
      ],
    },
  },
];

const azureFilter = {
  code: 'ResponsibleAIPolicyViolation',
  content_filter_result: { jailbreak: { filtered: true, detected: true }, hate: { filtered: false, severity: 'safe' } },
};

/** What servers that speak OpenAI's protocol answer instead of a text. */
export const COMPATIBLE_ANSWERS: readonly RecordedAnswer[] = [
  {
    name: 'Gemini: a rate, with OpenAI’s words for an empty account',
    source: 'dev.to, "Gemini API 429 RESOURCE_EXHAUSTED: why your limit is 0"',
    status: 429,
    body: gemini(
      `${GEMINI_QUOTA}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 10, model: gemini-2.5-flash\nPlease retry in 46.2s.`,
      '46s',
    ),
    expected: { code: 'rate_limited', waitMs: 46_000, providerCode: 'RESOURCE_EXHAUSTED', says: ['limit: 10'] },
  },
  {
    name: 'Gemini: a rate per day',
    source: 'dev.to, "Gemini API 429 RESOURCE_EXHAUSTED: why your limit is 0"',
    status: 429,
    body: gemini(
      `${GEMINI_QUOTA}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 250, model: gemini-2.5-flash\nPlease retry in 10h17m5.7s.`,
    ),
    expected: { code: 'rate_limited', waitMs: 37_025_700 },
  },
  {
    name: 'Gemini: a quota of none is no rate',
    source: 'dev.to, "Gemini API 429 RESOURCE_EXHAUSTED: why your limit is 0"',
    status: 429,
    body: gemini(
      `${GEMINI_QUOTA}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-2.5-pro\nPlease retry in 46.2s.`,
      '46s',
    ),
    expected: { code: 'billing', says: ['limit: 0'] },
  },
  {
    name: 'Gemini: an error within an error',
    source: 'continuedev/continue #10560',
    status: 429,
    body: {
      error: {
        message:
          '{\n  "error": {\n    "code": 429,\n    "message": "Resource has been exhausted (e.g. check quota).",\n    "status": "RESOURCE_EXHAUSTED"\n  }\n}\n',
        code: 429,
        status: 'Too Many Requests',
      },
    },
    expected: {
      code: 'rate_limited',
      providerCode: 'RESOURCE_EXHAUSTED',
      says: ['Resource has been exhausted'],
      hides: ['{'],
    },
  },
  {
    name: 'Gemini: overloaded',
    source: "Google's guide to API errors (503 UNAVAILABLE)",
    status: 503,
    body: [
      { error: { code: 503, message: 'The model is overloaded. Please try again later.', status: 'UNAVAILABLE' } },
    ],
    expected: { code: 'overloaded', providerCode: 'UNAVAILABLE' },
  },
  {
    name: 'Gemini: a wrong key with status 400',
    source: "Google's guide to API errors (400 INVALID_ARGUMENT)",
    status: 400,
    body: [
      { error: { code: 400, message: 'API key not valid. Please pass a valid API key.', status: 'INVALID_ARGUMENT' } },
    ],
    expected: { code: 'auth' },
  },
  {
    name: 'Gemini: an input too long',
    source: "Google's answer to an input beyond the model's",
    status: 400,
    body: [
      {
        error: {
          code: 400,
          message: 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
          status: 'INVALID_ARGUMENT',
        },
      },
    ],
    expected: { code: 'too_large', says: ['1200000 tokens were asked for where 1048576 fit'] },
  },
  {
    name: 'Groq: a rate',
    source: 'elizaOS/eliza #4040',
    status: 429,
    headers: {
      'retry-after': '5',
      'x-ratelimit-limit-tokens': '6000',
      'x-ratelimit-remaining-tokens': '966',
      'x-ratelimit-reset-tokens': '50.34s',
    },
    body: {
      error: {
        message:
          'Rate limit reached for model `llama-3.1-8b-instant` in organization `org_example` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Used 5034, Requested 1443. Please try again in 4.77s. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    expected: { code: 'rate_limited', waitMs: 5000, limits: [{ resource: 'tokens', limit: 6000, remaining: 966 }] },
  },
  {
    name: 'Groq: a size, under the code of a rate',
    source: 'cottongeeks/podscript #20',
    status: 413,
    body: {
      error: {
        message:
          'Request too large for model `llama-3.3-70b-versatile` in organization `org_example` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 10338, please reduce your message size and try again. Visit https://console.groq.com/docs/rate-limits for more information.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    expected: {
      code: 'too_large',
      says: ['10338 tokens were asked for where 6000 fit'],
      limits: [{ resource: 'tokens', limit: 6000, remaining: 6000 }],
    },
  },
  {
    name: 'Groq: a rate per day is no limit per minute',
    source: 'console.groq.com/docs/rate-limits (TPD)',
    status: 429,
    body: {
      error: {
        message:
          'Rate limit reached for model `llama-3.3-70b-versatile` in organization `org_example` service tier `on_demand` on tokens per day (TPD): Limit 100000, Used 99210, Requested 1801. Please try again in 14m33.1s.',
        type: 'tokens',
        code: 'rate_limit_exceeded',
      },
    },
    expected: { code: 'rate_limited', waitMs: 873_100, limits: [] },
  },
  {
    name: 'Groq: no room in the flex tier',
    source: 'console.groq.com/docs/errors (498)',
    status: 498,
    body: { error: { message: 'Flex tier capacity exceeded', type: 'capacity_exceeded' } },
    expected: { code: 'overloaded' },
  },
  {
    name: 'Azure: a rate, with the number for a code',
    source: 'vanderschaarlab/climb #1',
    status: 429,
    headers: { 'retry-after': '26', 'apim-request-id': 'apim-1' },
    body: {
      error: {
        code: '429',
        message:
          'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-08-01-preview have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 26 seconds. Please go here: https://aka.ms/oai/quotaincrease if you would like to further increase the default rate limit.',
      },
    },
    expected: { code: 'rate_limited', waitMs: 26_000, providerCode: null },
  },
  {
    name: 'Azure: a rate of a day, in the text alone',
    source: 'alex-wolf-ps/dbchatprov2 #2',
    status: 429,
    body: {
      error: {
        code: '429',
        message:
          'Requests to the ChatCompletions_Create Operation have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 86400 seconds.',
      },
    },
    expected: { code: 'rate_limited', waitMs: 86_400_000 },
  },
  {
    name: 'Azure: peak load',
    source: 'pollinations/pollinations #6260',
    status: 429,
    body: {
      error: {
        code: '429',
        message:
          'The system is currently experiencing high demand and cannot process your request. Your request exceeds the maximum usage size allowed during peak load. Please retry after 20 seconds. For improved latency reliability, consider switching to Provisioned Throughput.',
      },
    },
    expected: { code: 'overloaded', waitMs: 20_000 },
  },
  {
    name: 'Azure: a size',
    source: 'learn.microsoft.com answers (token budget)',
    status: 429,
    headers: { 'retry-after': '60' },
    body: {
      error: {
        code: '429',
        message: 'Token budget exceeded by request parameters. Reduce max_tokens or the length of the prompt.',
      },
    },
    expected: { code: 'too_large' },
  },
  {
    name: 'Azure: the content filter',
    source: 'Gitlawb/openclaude #273',
    status: 400,
    body: {
      error: {
        message:
          "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: azureFilter,
      },
    },
    expected: { code: 'content_filtered', providerCode: 'content_filter' },
  },
  {
    name: 'Azure: no such deployment',
    source: 'learn.microsoft.com, Azure OpenAI errors (DeploymentNotFound)',
    status: 404,
    body: {
      error: {
        code: 'DeploymentNotFound',
        message:
          'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      },
    },
    expected: { code: 'invalid_request', providerCode: 'DeploymentNotFound', hides: ['base URL'] },
  },
  {
    name: 'Azure: a gateway before it',
    source: 'learn.microsoft.com, API Management rate-limit policy',
    status: 429,
    body: { statusCode: 429, message: 'Rate limit is exceeded. Try again in 46 seconds.' },
    expected: { code: 'rate_limited', waitMs: 46_000 },
  },
  {
    name: 'Ollama: a full queue',
    source: 'valentinfrlch/ha-llmvision #648',
    status: 503,
    body: {
      error: {
        message: 'server busy, please try again.  maximum pending requests exceeded',
        type: 'api_error',
        param: null,
        code: null,
      },
    },
    expected: { code: 'overloaded', providerCode: 'api_error' },
  },
  {
    name: 'Ollama: overloaded, with a bare sentence',
    source: 'ollama/ollama #15934',
    status: 503,
    body: { error: 'Server overloaded, please retry shortly (ref: aaa65c70-cfa0-446b-86f1-4ab0e2deb9e4)' },
    expected: { code: 'overloaded', says: ['aaa65c70-cfa0-446b-86f1-4ab0e2deb9e4'] },
  },
  {
    name: 'Ollama: no such model',
    source: "Ollama's answer to a model that was not pulled",
    status: 404,
    body: {
      error: { message: 'model "llama9" not found, try pulling it first', type: 'api_error', param: null, code: null },
    },
    expected: { code: 'invalid_request', says: ['llama9'], hides: ['base URL'] },
  },
  {
    name: 'Ollama: too little memory',
    source: "Ollama's answer to a model beyond the machine's memory",
    status: 500,
    body: {
      error: {
        message: 'model requires more system memory (9.3 GiB) than is available (5.1 GiB)',
        type: 'api_error',
        param: null,
        code: null,
      },
    },
    expected: { code: 'invalid_request', says: ['9.3 GiB', '5.1 GiB'] },
  },
  {
    name: 'vLLM: the context, in a bare object',
    source: 'meta-llama/llama-verifications #58',
    status: 400,
    body: {
      object: 'error',
      message:
        "This model's maximum context length is 131072 tokens. However, you requested 156632 tokens (152536 in the messages, 4096 in the completion). Please reduce the length of the messages or completion.",
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    expected: {
      code: 'too_large',
      providerCode: 'BadRequestError',
      says: ['156632 tokens were asked for where 131072 fit'],
    },
  },
  {
    name: 'vLLM: a bad request, in a bare object',
    source: 'vllm-project/vllm #4667',
    status: 400,
    body: {
      object: 'error',
      message: 'max_tokens must be at least 1, got -186.',
      type: 'BadRequestError',
      param: null,
      code: 400,
    },
    expected: { code: 'invalid_request', says: ['-186'] },
  },
  {
    name: 'vLLM: no such model, in a bare object',
    source: "vLLM's answer to an unknown model",
    status: 404,
    body: {
      object: 'error',
      message: 'The model `qwen` does not exist.',
      type: 'NotFoundError',
      param: null,
      code: 404,
    },
    expected: { code: 'invalid_request', hides: ['base URL'] },
  },
  {
    name: 'vLLM: within a stream, the number says which',
    source: 'vllm-project/vllm, errors of serving_chat',
    status: null,
    body: {
      error: {
        object: 'error',
        message: 'EngineCore encountered an issue.',
        type: 'InternalServerError',
        param: null,
        code: 500,
      },
    },
    expected: { code: 'server_error', providerCode: 'InternalServerError' },
  },
  {
    name: 'LiteLLM: a rate behind it',
    source: 'agent0ai/agent-zero #711',
    status: 429,
    body: {
      error: {
        message:
          'litellm.RateLimitError: RateLimitError: OpenAIException - Rate limit reached for gpt-5 in organization org-example on tokens per min (TPM): Limit 30000, Used 24000, Requested 9000. Please try again in 6s.',
        type: 'throttling_error',
        param: null,
        code: '429',
      },
    },
    expected: { code: 'rate_limited', waitMs: 6000 },
  },
  {
    name: 'LiteLLM: a size behind it',
    source: 'agent0ai/agent-zero #711',
    status: 429,
    body: {
      error: {
        message:
          'litellm.RateLimitError: RateLimitError: OpenAIException - Request too large for gpt-5 in organization org-example on tokens per min (TPM): Limit 30000, Requested 36055. The input or output tokens must be reduced in order to run successfully.',
        type: 'throttling_error',
        param: null,
        code: '429',
      },
    },
    expected: { code: 'too_large', says: ['36055 tokens were asked for where 30000 fit'] },
  },
  {
    name: 'LiteLLM: its own budget, with 400',
    source: 'open-webui/open-webui #5469',
    status: 400,
    body: {
      error: {
        message: 'Budget has been exceeded! Current cost: 0.3759, Max budget: 0.35',
        type: 'budget_exceeded',
        param: null,
        code: '400',
      },
    },
    expected: { code: 'billing', says: ['0.3759', '0.35'] },
  },
  {
    name: 'LiteLLM: its own budget, with 429 and by a relay',
    source: 'BerriAI/litellm #14144',
    status: 429,
    body: {
      error: {
        message:
          'litellm.BadRequestError: OpenAIException - Budget has been exceeded! Current cost: 14.2, Max budget: 10. Received Model Group=llama',
        type: null,
        param: null,
        code: '429',
      },
    },
    expected: { code: 'billing' },
  },
  {
    name: 'LiteLLM: the context behind it',
    source: 'OpenHands/OpenHands #5350',
    status: 400,
    body: {
      error: {
        message:
          'litellm.BadRequestError: litellm.ContextWindowExceededError: AnthropicError - {"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 209303 tokens > 200000 maximum"}}',
        type: null,
        param: null,
        code: '400',
      },
    },
    expected: { code: 'too_large', says: ['209303 tokens were asked for where 200000 fit'] },
  },
  {
    name: 'LiteLLM: a wrong key, which is repeated with its hash',
    source: "LiteLLM's answer to an unknown virtual key",
    status: 401,
    body: {
      error: {
        message:
          'Authentication Error, Invalid proxy server token passed. Received API Key = sk-...9xQ2, Key Hash (Token) =88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b. Unable to find token in cache or `LiteLLM_VerificationTable`',
        type: 'token_not_found_in_db',
        param: 'key',
        code: '401',
      },
    },
    expected: { code: 'auth', hides: ['9xQ2', '88dc28d0'] },
  },
  {
    name: 'LiteLLM: all deployments cool down',
    source: "LiteLLM's router (No deployments available)",
    status: 429,
    body: {
      error: {
        message: 'No deployments available for selected model, Try again in 60 seconds. Passed model=gpt-4o.',
        type: 'None',
        param: 'None',
        code: '429',
      },
    },
    expected: { code: 'rate_limited', waitMs: 60_000, providerCode: null },
  },
  {
    name: 'LiteLLM: the filter behind it',
    source: 'BerriAI/litellm PR #16231',
    status: 400,
    body: {
      error: {
        message:
          "litellm.BadRequestError: litellm.ContentPolicyViolationError: AzureException - The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: null,
        code: '400',
      },
    },
    expected: { code: 'content_filtered' },
  },
  {
    name: 'xAI: no credit, with 403 and a sentence for an error',
    source: 'griptape-ai/griptape-nodes-engine #1079',
    status: 403,
    body: {
      code: 'The caller does not have permission to execute the specified operation',
      error: "Your newly created teams doesn't have any credits yet. You can purchase credits on https://console.x.ai.",
    },
    expected: { code: 'billing' },
  },
  {
    name: 'xAI: all credit spent',
    source: 'continuedev/continue #10373',
    status: 429,
    body: {
      code: 'Some resource has been exhausted',
      error:
        'Your team has either used all available credits or reached its monthly spending limit. To continue making API requests, please purchase more credits or raise your spending limit.',
    },
    expected: { code: 'billing' },
  },
  {
    name: 'xAI: a wrong key, with 400',
    source: 'continuedev/continue #10778',
    status: 400,
    body: {
      code: 'Client specified an invalid argument',
      error: 'Incorrect API key provided: na***ys. You can obtain an API key from https://console.x.ai.',
    },
    expected: { code: 'auth', hides: ['na***ys'] },
  },
  {
    name: 'OpenRouter: no credit',
    source: 'openrouter.ai/docs, errors (402)',
    status: 402,
    body: {
      error: { code: 402, message: 'Insufficient credits. Add more using https://openrouter.ai/settings/credits' },
    },
    expected: { code: 'billing' },
  },
  {
    name: 'OpenRouter: moderation',
    source: 'openrouter.ai/docs, errors (403)',
    status: 403,
    body: {
      error: {
        code: 403,
        message: 'Your chosen model requires moderation and your input was flagged',
        metadata: { reasons: ['violence'] },
      },
    },
    expected: { code: 'content_filtered' },
  },
  {
    name: 'DeepSeek: no credit',
    source: 'api-docs.deepseek.com, error codes (402)',
    status: 402,
    body: {
      error: { message: 'Insufficient Balance', type: 'unknown_error', param: null, code: 'invalid_request_error' },
    },
    expected: { code: 'billing' },
  },
  {
    name: 'Mistral: a rate, in a bare object',
    source: "Mistral's answer beyond the limit per second",
    status: 429,
    body: { object: 'error', message: 'Requests rate limit exceeded', type: 'rate_limited', param: null, code: '1300' },
    expected: { code: 'rate_limited', providerCode: 'rate_limited' },
  },
  {
    name: 'llama.cpp: still loading',
    source: 'ggml-org/llama.cpp, server README (503)',
    status: 503,
    body: { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    expected: { code: 'overloaded' },
  },
  {
    name: 'llama.cpp: the context',
    source: 'ggml-org/llama.cpp, server (exceed_context_size_error)',
    status: 400,
    body: {
      error: {
        code: 400,
        message: 'request (5120 tokens) exceeds the available context size (4096 tokens), try increasing it',
        type: 'exceed_context_size_error',
        n_prompt_tokens: 5120,
        n_ctx: 4096,
      },
    },
    expected: { code: 'too_large', says: ['5120 tokens were asked for where 4096 fit'] },
  },
  {
    name: 'FastAPI: what is wrong with which field',
    source: 'FastAPI, request validation errors',
    status: 422,
    body: {
      detail: [{ loc: ['body', 'max_tokens'], msg: 'ensure this value is greater than 0', type: 'value_error' }],
    },
    expected: { code: 'invalid_request', says: ['max_tokens', 'greater than 0'] },
  },
  {
    name: 'a server that speaks another protocol',
    source: 'nginx before a web page',
    status: 405,
    headers: { 'content-type': 'text/html' },
    body: '<html>\r\n<head><title>405 Not Allowed</title></head>\r\n<body></body></html>',
    expected: { code: 'invalid_request', says: ['405 Not Allowed', 'Check the base URL of llm.example'] },
  },
  {
    name: 'a proxy that wants to know who calls',
    source: 'RFC 9110, 15.5.8',
    status: 407,
    body: '',
    expected: { code: 'auth' },
  },
];
