# The gem omniauth-twitter.

require 'omniauth-twitter'
require 'securerandom'
require_relative 'app'

OmniAuth.config.logger.level = Logger::WARN
OmniAuth.config.allowed_request_methods = [:get] # there is no page with a form
OmniAuth.config.silence_get_warning = true

serve do |_origin|
  Rack::Builder.app do
    use Rack::Session::Cookie, secret: SecureRandom.hex(32)
    use OmniAuth::Builder do
      provider :twitter, ENV.fetch('CONSUMER_KEY'), ENV.fetch('CONSUMER_SECRET')
    end
    run(lambda do |env|
      case env['PATH_INFO']
      when '/login'
        [302, { 'Location' => '/auth/twitter' }, []]
      when '/auth/twitter/callback'
        login = env['omniauth.auth']
        page(200, { id: login.uid, handle: login.info.nickname }.to_json)
      when '/auth/failure'
        page(500, env['QUERY_STRING'])
      else
        page(404, '')
      end
    end)
  end
end
