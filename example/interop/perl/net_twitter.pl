# Net::Twitter, behind a web server of a few lines.

use strict;
use warnings;

use IO::Socket::INET;
use JSON::PP qw(encode_json);
use Net::Twitter;
use URI;

my $server = IO::Socket::INET->new(Listen => 8, LocalAddr => '127.0.0.1', LocalPort => 0) or die $!;
my $origin = 'http://127.0.0.1:' . $server->sockport;
my $twitter = Net::Twitter->new(
    traits          => ['API::RESTv1_1', 'OAuth'],
    consumer_key    => $ENV{CONSUMER_KEY},
    consumer_secret => $ENV{CONSUMER_SECRET},
);

sub page {
    my $address = shift;
    if ($address->path eq '/login') {
        return '302 Found', 'Location: ' . $twitter->get_authentication_url(callback => "$origin/callback"), '';
    }
    my %query = $address->query_form;
    $twitter->request_access_token(verifier => $query{oauth_verifier});
    my $me = $twitter->verify_credentials;
    return '200 OK', 'Content-Type: application/json', encode_json({ id => $me->{id_str}, handle => $me->{screen_name} });
}

$| = 1;
print "READY $origin/login\n";
while (my $browser = $server->accept) {
    my ($target) = (<$browser> // '') =~ m{^GET (\S+)};
    while (defined(my $line = <$browser>)) { last if $line =~ /^\r?$/ }
    my @page = eval { page(URI->new($origin . ($target // '/'))) };
    @page = ('500 Internal Server Error', 'Content-Type: text/plain', $@) if $@;
    print $browser "HTTP/1.1 $page[0]\r\n$page[1]\r\nConnection: close\r\n\r\n$page[2]";
    close $browser;
}
