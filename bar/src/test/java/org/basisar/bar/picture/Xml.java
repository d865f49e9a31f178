package org.basisar.bar.picture;

import java.io.IOException;
import java.io.StringReader;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.xml.sax.ErrorHandler;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;
import org.xml.sax.SAXParseException;

/** Reads markup strictly, so that a test fails over anything a lenient browser would repair. */
public final class Xml {
  private Xml() {}

  /** The document, or a failure if the text is not well-formed XML. */
  public static Document parse(String text) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      builder.setErrorHandler(new Strict());
      return builder.parse(new InputSource(new StringReader(text)));
    } catch (SAXException | IOException | ParserConfigurationException failed) {
      throw new AssertionError(failed.getMessage() + "\n" + text, failed);
    }
  }

  private static final class Strict implements ErrorHandler {
    @Override
    public void warning(SAXParseException found) throws SAXException {
      throw found;
    }

    @Override
    public void error(SAXParseException found) throws SAXException {
      throw found;
    }

    @Override
    public void fatalError(SAXParseException found) throws SAXException {
      throw found;
    }
  }
}
