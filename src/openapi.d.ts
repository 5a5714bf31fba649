// Generated from openapi.yaml by `npm run generate`: change it there.

export interface paths {
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Greets the caller
         * @description A caller that prefers HTML, as browsers do, gets a landing page. Any other caller gets a line of plain text, also
         *     without a preference. Visits are counted in `hello_visits_total`.
         */
        get: operations["greet"];
        put?: never;
        /**
         * Filters the members of an object by key
         * @description Returns the members of the object whose key starts with "a" or "A". Only top-level keys count. Values are
         *     returned exactly as they were sent, including numbers of any size and precision. Of duplicate keys the last one
         *     wins.
         */
        post: operations["filterKeys"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads a static file of the landing page */
        get: operations["readAsset"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/todos": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Lists the todos, the newest first
         * @description Follow `next` to read all todos. It continues after the last todo of the page, even if todos have been added in
         *     the meantime; `start` counts from the newest todo, so it shifts when todos are added. A page of long todos ends
         *     before it exceeds 64 KiB.
         */
        get: operations["listTodos"];
        put?: never;
        /** Creates a todo */
        post: operations["createTodo"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/todos/{todoId}": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUID.
                 * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
                 */
                todoId: components["parameters"]["TodoId"];
            };
            cookie?: never;
        };
        /** Reads a todo */
        get: operations["readTodo"];
        put?: never;
        post?: never;
        /** Deletes a todo */
        delete: operations["deleteTodo"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/todos/{todoId}/finish": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUID.
                 * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
                 */
                todoId: components["parameters"]["TodoId"];
            };
            cookie?: never;
        };
        get?: never;
        /**
         * Finishes a todo
         * @description A finished todo stays as it is, and keeps the time at which it was first finished.
         */
        put: operations["finishTodo"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checks that the process is alive
         * @description Does not check backing services. A platform restarts the instance when this check fails.
         */
        get: operations["readLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Checks that the service can handle requests
         * @description Lists the check of each resource that is needed. A platform sends no requests while the service is not ready.
         */
        get: operations["readReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/info": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Describes the release and its backing services */
        get: operations["readInfo"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Reads the metrics
         * @description Where `METRICS_PORT` is set, they are served on that port instead.
         */
        get: operations["readMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Shows this documentation, where every operation can be tried out */
        get: operations["readDocs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads a file of the documentation page */
        get: operations["readDocsFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.yaml": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads the OpenAPI document as YAML */
        get: operations["readContractAsYaml"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads the OpenAPI document as JSON */
        get: operations["readContractAsJson"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/favicon.ico": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads the icon of the service */
        get: operations["readFavicon"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/robots.txt": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Reads the rules for crawlers */
        get: operations["readRobots"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @description A syntax error and its position.
         * @example {
         *       "type": "about:blank",
         *       "title": "Bad Request",
         *       "status": 400,
         *       "detail": "Expected \",\" or \"}\" but found \"]\" at line 1, column 9 (byte 8).",
         *       "position": {
         *         "offset": 8,
         *         "line": 1,
         *         "column": 9
         *       }
         *     }
         */
        SyntaxProblem: components["schemas"]["Problem"] & {
            /** @description Where the first error is. */
            position?: {
                /** @description in bytes, from 0 */
                offset: number;
                /** @description from 1 */
                line: number;
                /** @description in characters, from 1 */
                column: number;
            };
        };
        /**
         * @example {
         *       "content": "buy milk"
         *     }
         */
        NewTodo: {
            /** @description any Unicode text */
            content: string;
        };
        /**
         * @example {
         *       "id": "019ab8c4-fbff-7b3b-8f9f-c75673541bec",
         *       "content": "buy milk",
         *       "createdAt": "2026-11-25T08:30:00.000Z",
         *       "isFinished": false,
         *       "finishedAt": null
         *     }
         */
        Todo: {
            /**
             * Format: uuid
             * @description ids sort by time of creation
             */
            id: string;
            content: string;
            /** Format: date-time */
            createdAt: string;
            isFinished: boolean;
            /** Format: date-time */
            finishedAt: string | null;
        };
        /**
         * @example {
         *       "data": [
         *         {
         *           "id": "019ab8c4-fbff-7b3b-8f9f-c75673541bec",
         *           "content": "buy milk",
         *           "createdAt": "2026-11-25T08:30:00.000Z",
         *           "isFinished": true,
         *           "finishedAt": "2026-11-25T09:00:00.000Z"
         *         }
         *       ],
         *       "next": "?limit=10&cursor=AZq4xPv_ezuPn8dWc1Qb7A"
         *     }
         */
        TodoPage: {
            data: components["schemas"]["Todo"][];
            /** @description the URL of the next page, relative to this path; absent on the last page */
            next?: string;
        };
        /**
         * @description Problem details (RFC 9457).
         * @example {
         *       "type": "about:blank",
         *       "title": "Not Found",
         *       "status": 404,
         *       "detail": "There is nothing at /nowhere."
         *     }
         */
        Problem: {
            /** @description a URI for the type of problem; about:blank where the status is specific enough */
            type: string;
            /** @description the name of the status */
            title: string;
            status: number;
            /** @description an explanation of this occurrence */
            detail: string;
            /** @description The parts of the request that don't match this contract. */
            errors?: {
                /** @enum {unknown} */
                in: "path" | "query" | "header" | "body";
                /** @description a JSON Pointer (RFC 6901) */
                pointer: string;
                detail?: string;
            }[];
        };
        /**
         * @example {
         *       "status": "ready",
         *       "checks": {
         *         "orders": "up"
         *       }
         *     }
         */
        Readiness: {
            /** @constant */
            status: "ready";
            checks: components["schemas"]["Checks"];
        };
        /**
         * @description By resource, "up" or the reason why it is not.
         * @example {
         *       "orders": "up"
         *     }
         */
        Checks: {
            [key: string]: string;
        };
        /**
         * @example {
         *       "name": "a",
         *       "version": "1.0.0",
         *       "commit": "unknown",
         *       "instance": "0",
         *       "node": "v24.18.0",
         *       "features": [
         *         "orders"
         *       ],
         *       "bound": [],
         *       "resources": [
         *         {
         *           "port": "database",
         *           "adapter": "sqlite"
         *         }
         *       ]
         *     }
         */
        Info: {
            name: string;
            version: string;
            commit: string;
            instance: string;
            node: string;
            features: string[];
            bound: {
                kind: string;
                name: string;
                label?: string;
                plan?: string;
                source: string;
                /** @description whether the service uses it */
                attached: boolean;
            }[];
            /** @description The backing services in use. */
            resources: {
                /** @description the port that it serves */
                port: string;
                /** @description the implementation behind the port */
                adapter: string;
                /** @description the binding or variable that it was read from; absent where it is embedded */
                name?: string;
                /** @description something that the operator should fix */
                warning?: string;
            }[];
        };
    };
    responses: {
        /** @description The todo does not exist. */
        UnknownTodo: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "detail": "There is no todo 019ab8c4-fbff-7b3b-8f9f-c75673541bec."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The id is not a UUID. */
        MalformedId: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Bad Request",
                 *       "status": 400,
                 *       "detail": "The path at /id does not match the contract: it must match pattern \"…\"."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The caller already has the current content. */
        NotModified: {
            headers: {
                ETag: components["headers"]["ETag"];
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description An error that any request can meet. */
        Default: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Internal Server Error",
                 *       "status": 500,
                 *       "detail": "The service failed to handle the request."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description The parameters or the body don't match this contract, which `errors` explains; or the request is not well-formed
         *     HTTP.
         */
        BadRequest: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Bad Request",
                 *       "status": 400,
                 *       "detail": "The query at /limit does not match the contract: it must be integer.",
                 *       "errors": [
                 *         {
                 *           "in": "query",
                 *           "pointer": "/limit",
                 *           "detail": "must be integer"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is larger than this operation accepts: its `x-body-limit`, or 102400 bytes; `BODY_LIMIT` replaces both. */
        ContentTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Payload Too Large",
                 *       "status": 413,
                 *       "detail": "The body is larger than 102400 bytes."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The operation does not accept the media type, the charset or the content encoding of the body. */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Unsupported Media Type",
                 *       "status": 415,
                 *       "detail": "Media type needs to be application/json."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The response to OPTIONS on every path, and to CORS preflight requests. */
        Options: {
            headers: {
                /**
                 * @description The methods that the path has. Absent from the response to a preflight request.
                 * @example GET, HEAD, OPTIONS
                 */
                Allow?: string;
                [name: string]: unknown;
            };
            content?: never;
        };
        /** @description The path does not exist. */
        UnknownPath: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "detail": "There is nothing at /nowhere."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The path does not have this method. */
        MethodNotAllowed: {
            headers: {
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Method Not Allowed",
                 *       "status": 405,
                 *       "detail": "DELETE is not a method of /info."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The client took longer than `REQUEST_TIMEOUT_SECONDS` to send its request. */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Request Timeout",
                 *       "status": 408,
                 *       "detail": "The request took too long to arrive."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The only expectation that the service meets is 100-continue. */
        ExpectationFailed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Expectation Failed",
                 *       "status": 417,
                 *       "detail": "The only supported expectation is 100-continue."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The client has used up its quota (`RATE_LIMIT_PER_MINUTE`). */
        TooManyRequests: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimitPolicy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Too Many Requests",
                 *       "status": 429,
                 *       "detail": "A client may make 600 requests per minute."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request line and the headers are larger than `HEADER_LIMIT`. */
        HeadersTooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Request Header Fields Too Large",
                 *       "status": 431,
                 *       "detail": "The request line and the headers are larger than 16384 bytes."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A bug. The log has the error under the same request id. */
        InternalError: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Internal Server Error",
                 *       "status": 500,
                 *       "detail": "The service failed to handle the request."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /**
         * @description More requests are in flight than `MAX_IN_FLIGHT`, the large bodies that are being received exceed the memory for
         *     them, or a backing service that is needed is unavailable.
         */
        Overloaded: {
            headers: {
                "Retry-After": components["headers"]["RetryAfter"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "about:blank",
                 *       "title": "Service Unavailable",
                 *       "status": 503,
                 *       "detail": "The service is busy."
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description A UUID.
         * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
         */
        TodoId: string;
        /** @description The end of another page, taken from its `next`. */
        Cursor: string;
        /**
         * @description The largest number of items to return.
         * @example 10
         */
        Limit: number;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The methods that the path has.
         * @example GET, HEAD, OPTIONS
         */
        Allow: string;
        /**
         * @description How long a cache may store the response.
         * @example public, max-age=3600
         */
        CacheControl: string;
        /**
         * @description Identifies the content. Send it as If-None-Match to revalidate.
         * @example W/"x3JlY2lwZQ"
         */
        ETag: string;
        /**
         * @description The next page, as `rel="next"` (RFC 8288). Absent on the last page.
         * @example <?limit=10&cursor=AZq4xPv_ezuPn8dWc1Qb7A>; rel="next"
         */
        Link: string;
        /**
         * @description The rest of the quota (IETF draft-ietf-httpapi-ratelimit-headers).
         * @example "client";r=0;t=12
         */
        RateLimit: string;
        /**
         * @description The quota (IETF draft-ietf-httpapi-ratelimit-headers).
         * @example "client";q=600;w=60
         */
        RateLimitPolicy: string;
        /**
         * @description The number of seconds to wait before trying again.
         * @example 1
         */
        RetryAfter: string;
        /**
         * @description The request headers that the response depends on.
         * @example Accept
         */
        Vary: string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    greet: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The greeting. */
            200: {
                headers: {
                    Vary: components["headers"]["Vary"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example Hello world */
                    "text/plain": string;
                    /** @example <!doctype html><title>express-paas-template</title>… */
                    "text/html": string;
                };
            };
            /** @description The caller accepts neither plain text nor HTML. */
            406: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Acceptable",
                     *       "status": 406,
                     *       "detail": "This resource is available as text/plain and text/html."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    filterKeys: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "abra": 123,
                 *       "kadabra": 4
                 *     }
                 */
                "application/json": {
                    [key: string]: unknown;
                };
            };
        };
        responses: {
            /** @description The members whose key matches. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "abra": 123
                     *     }
                     */
                    "application/json": {
                        [key: string]: unknown;
                    };
                };
            };
            /** @description The body is not a JSON object or not UTF-8. `position` is where the error is. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "Expected \",\" or \"}\" but found \"]\" at line 1, column 9 (byte 8).",
                     *       "position": {
                     *         "offset": 8,
                     *         "line": 1,
                     *         "column": 9
                     *       }
                     *     }
                     */
                    "application/problem+json": components["schemas"]["SyntaxProblem"];
                };
            };
        };
    };
    readAsset: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example style.css */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example body { margin: 0 } */
                    "text/css": string;
                    /** @example <svg xmlns="http://www.w3.org/2000/svg"/> */
                    "image/svg+xml": string;
                };
            };
            304: components["responses"]["NotModified"];
            /** @description The file does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "There is no file missing.css."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    listTodos: {
        parameters: {
            query?: {
                /**
                 * @description The number of newest todos to skip. It can't be combined with `cursor`.
                 * @example 20
                 */
                start?: number;
                /**
                 * @description The largest number of items to return.
                 * @example 10
                 */
                limit?: components["parameters"]["Limit"];
                /** @description The end of another page, taken from its `next`. */
                cursor?: components["parameters"]["Cursor"];
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of todos. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Link: components["headers"]["Link"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TodoPage"];
                };
            };
            304: components["responses"]["NotModified"];
            /** @description A parameter is invalid. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "The query at /start does not match the contract: it must be integer."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    createTodo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTodo"];
                "application/x-www-form-urlencoded": components["schemas"]["NewTodo"];
            };
        };
        responses: {
            /** @description The todo was created. */
            201: {
                headers: {
                    /**
                     * @description The URL of the todo, relative to this path.
                     * @example todos/019ab8c4-fbff-7b3b-8f9f-c75673541bec
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Todo"];
                };
            };
            /** @description The body is not a todo. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Bad Request",
                     *       "status": 400,
                     *       "detail": "The body does not match the contract: it must have required property 'content'."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readTodo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUID.
                 * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
                 */
                todoId: components["parameters"]["TodoId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The todo. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Todo"];
                };
            };
            304: components["responses"]["NotModified"];
            400: components["responses"]["MalformedId"];
            404: components["responses"]["UnknownTodo"];
        };
    };
    deleteTodo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUID.
                 * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
                 */
                todoId: components["parameters"]["TodoId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The todo was deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["MalformedId"];
            404: components["responses"]["UnknownTodo"];
        };
    };
    finishTodo: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A UUID.
                 * @example 019ab8c4-fbff-7b3b-8f9f-c75673541bec
                 */
                todoId: components["parameters"]["TodoId"];
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The finished todo. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Todo"];
                };
            };
            400: components["responses"]["MalformedId"];
            404: components["responses"]["UnknownTodo"];
        };
    };
    readLiveness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process is alive. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "up"
                     *     }
                     */
                    "application/json": {
                        /** @constant */
                        status: "up";
                    };
                };
            };
        };
    };
    readReadiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The service is ready. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "status": "ready",
                     *       "checks": {}
                     *     }
                     */
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description The service is stopping, or a resource that it needs is unavailable. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["RetryAfter"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Service Unavailable",
                     *       "status": 503,
                     *       "detail": "The service is stopping.",
                     *       "checks": {}
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"] & {
                        checks: components["schemas"]["Checks"];
                    };
                };
            };
        };
    };
    readInfo: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The release, the instance, its bindings and the backing services in use, without secrets. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "name": "express-paas-template",
                     *       "version": "0.1.0",
                     *       "commit": "3f2a9c1",
                     *       "instance": "0",
                     *       "node": "v24.18.0",
                     *       "features": [
                     *         "orders"
                     *       ],
                     *       "bound": [
                     *         {
                     *           "kind": "database",
                     *           "name": "orders-db",
                     *           "label": "postgresql",
                     *           "source": "VCAP_SERVICES",
                     *           "attached": true
                     *         }
                     *       ],
                     *       "resources": [
                     *         {
                     *           "port": "database",
                     *           "adapter": "postgresql",
                     *           "name": "orders-db"
                     *         },
                     *         {
                     *           "port": "cache",
                     *           "adapter": "memory"
                     *         }
                     *       ]
                     *     }
                     */
                    "application/json": components["schemas"]["Info"];
                };
            };
        };
    };
    readMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics, in the Prometheus text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP http_requests_in_flight Requests in flight.
                     *     # TYPE http_requests_in_flight gauge
                     *     http_requests_in_flight 1
                     */
                    "text/plain": string;
                };
            };
        };
    };
    readDocs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The page, at `/docs/`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example <!doctype html><title>express-paas-template</title>… */
                    "text/html": string;
                };
            };
            /** @description A redirect to `/docs/`, because the links of the page are relative. */
            301: {
                headers: {
                    /** @example docs/ */
                    Location: "docs/";
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    readDocsFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example swagger-ui.css */
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /** @example .swagger-ui { color: inherit } */
                    "text/css": string;
                    /** @example window.onload = function () {} */
                    "text/javascript": string;
                    /** @example window.onload = function () {} */
                    "application/javascript": string;
                };
            };
            304: components["responses"]["NotModified"];
            /** @description The file does not exist. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "type": "about:blank",
                     *       "title": "Not Found",
                     *       "status": 404,
                     *       "detail": "There is no file missing.js."
                     *     }
                     */
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
        };
    };
    readContractAsYaml: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operations that this process serves. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example openapi: 3.1.0 */
                    "application/yaml": string;
                };
            };
            304: components["responses"]["NotModified"];
        };
    };
    readContractAsJson: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The operations that this process serves. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.0",
                     *       "info": {
                     *         "title": "express-paas-template",
                     *         "version": "0.1.0"
                     *       },
                     *       "paths": {}
                     *     }
                     */
                    "application/json": {
                        openapi: string;
                        info: Record<string, never>;
                        paths: Record<string, never>;
                    };
                };
            };
            304: components["responses"]["NotModified"];
        };
    };
    readFavicon: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The icon. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example ICO */
                    "image/vnd.microsoft.icon": string;
                };
            };
            304: components["responses"]["NotModified"];
        };
    };
    readRobots: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["CacheControl"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example User-agent: *
                     *     Disallow: /
                     */
                    "text/plain": string;
                };
            };
            304: components["responses"]["NotModified"];
        };
    };
}
