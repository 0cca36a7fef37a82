# The gem oauth.

require 'oauth'
require_relative 'app'

serve do |origin|
  consumer = OAuth::Consumer.new(ENV.fetch('CONSUMER_KEY'), ENV.fetch('CONSUMER_SECRET'),
                                 site: 'https://api.twitter.com', authorize_path: '/oauth/authenticate')
  request_token = nil
  lambda do |env|
    request = Rack::Request.new(env)
    case request.path
    when '/login'
      request_token = consumer.get_request_token(oauth_callback: "#{origin}/callback")
      [302, { 'Location' => request_token.authorize_url }, []]
    when '/callback'
      token = request_token.get_access_token(oauth_verifier: request.params['oauth_verifier'])
      profile = JSON.parse(token.get('/1.1/account/verify_credentials.json').body)
      page(200, { id: profile['id_str'], handle: profile['screen_name'] }.to_json)
    else
      page(404, '')
    end
  rescue StandardError => e
    page(500, e.full_message(highlight: false))
  end
end
