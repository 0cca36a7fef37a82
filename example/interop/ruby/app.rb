# A web app on loopback.

require 'json'
require 'rack'
require 'webrick'

# Serves a Rack app that the block makes for the app's origin.
def serve
  later = nil
  quiet = { Logger: WEBrick::Log.new($stderr, WEBrick::BasicLog::WARN), AccessLog: [] }
  Rack::Handler::WEBrick.run(->(env) { later.call(env) }, Host: '127.0.0.1', Port: 0, **quiet) do |server|
    origin = "http://127.0.0.1:#{server.listeners.first.addr[1]}"
    later = yield origin
    puts "READY #{origin}/login"
    $stdout.flush
  end
end

def page(status, body)
  [status, { 'Content-Type' => 'text/plain' }, [body]]
end
