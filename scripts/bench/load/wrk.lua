-- Has wrk send one kind of request (a POST if a file with its body is named) and print what came of it as a line of
-- JSON.

function init(args)
  if args[1] then
    wrk.method = 'POST'
    wrk.headers['Content-Type'] = 'application/json'
    wrk.body = io.open(args[1], 'rb'):read('*a')
  end
end

function done(summary, latency)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('\n{"answered":%d,"seconds":%f,"failed":%d,"p50Ms":%f}\n',
    summary.requests, summary.duration / 1e6, failed, latency:percentile(50) / 1000))
end
